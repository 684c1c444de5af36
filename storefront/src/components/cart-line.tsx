"use client";
import { useClickstream } from "@clickstream/tracker/react";
import type { ShopProduct } from "@clickstream/tracker";
import { useTransition, type ReactNode } from "react";
import { change } from "../actions/cart";
import { fill } from "../i18n/languages";
import { useShop } from "./shop-provider";

/** Quantity of a product in the cart, and out with it. */
export function CartLineControls({ product, name, quantity, most }: { product: ShopProduct; name: string; quantity: number; most: number }): ReactNode {
  const { messages } = useShop();
  const clickstream = useClickstream();
  const [busy, begin] = useTransition();
  const set = (wanted: number): void => {
    if (wanted > quantity) clickstream.addToCart(product, wanted - quantity);
    else clickstream.removeFromCart(product, quantity - wanted);
    begin(async () => {
      await change(String(product.id), wanted);
    });
  };
  return (
    <div className="flex items-center gap-4" aria-busy={busy}>
      <label>
        <span className="sr-only">{`${messages.quantity}: ${name}`}</span>
        <select value={quantity} disabled={busy} onChange={(event) => set(Number(event.target.value))} className="field mt-0! w-20">
          {Array.from({ length: Math.max(most, quantity) }, (_, at) => (
            <option key={at + 1}>{at + 1}</option>
          ))}
        </select>
      </label>
      <button type="button" disabled={busy} aria-label={fill(messages.removeNamed, { name })} onClick={() => set(0)} className="min-h-11 cursor-pointer text-sm text-muted underline underline-offset-4 hover:text-warm">
        {messages.remove}
      </button>
    </div>
  );
}
