"use client";
import { useClickstream } from "@clickstream/tracker/react";
import type { ShopProduct } from "@clickstream/tracker";
import Link from "next/link";
import { useState, useTransition, type ReactNode } from "react";
import { add } from "../actions/cart";
import { ErrorText } from "./error-text";
import { Icon } from "./icons";
import { useShop } from "./shop-provider";

/** Quantity and «add to cart». */
export function BuyBox({ product, most }: { product: ShopProduct; most: number }): ReactNode {
  const { language, messages } = useShop();
  const clickstream = useClickstream();
  const [quantity, setQuantity] = useState(1);
  const [added, setAdded] = useState(false);
  const [error, setError] = useState<string>();
  const [busy, begin] = useTransition();
  const buy = (): void => {
    clickstream.addToCart(product, quantity);
    begin(async () => {
      const answer = await add(String(product.id), quantity);
      setError(answer.ok ? undefined : answer.code);
      setAdded(answer.ok);
    });
  };
  if (most === 0)
    return (
      <button type="button" className="button w-full" disabled>
        {messages.outOfStock}
      </button>
    );
  return (
    <div>
      <div className="flex gap-3">
        <label>
          <span className="sr-only">{messages.quantity}</span>
          <select value={quantity} onChange={(event) => setQuantity(Number(event.target.value))} className="field mt-0! w-20">
            {Array.from({ length: most }, (_, at) => (
              <option key={at + 1}>{at + 1}</option>
            ))}
          </select>
        </label>
        <button type="button" id="add-to-cart" className="button flex-1" onClick={buy} disabled={busy}>
          <Icon name="cart" />
          {messages.addToCart}
        </button>
      </div>
      <div aria-live="polite" className="min-h-12 pt-3 text-sm">
        {added && (
          <p className="flex flex-wrap items-center gap-x-3 font-medium text-leaf">
            <Icon name="check" size={18} />
            {messages.added}
            <Link href={`/${language}/cart`} className="text-accent underline underline-offset-4">
              {messages.cart} →
            </Link>
          </p>
        )}
        {error && <ErrorText code={error} />}
      </div>
    </div>
  );
}
