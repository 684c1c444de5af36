"use client";
import { useClickstream } from "@clickstream/tracker/react";
import type { ShopProduct } from "@clickstream/tracker";
import { useOptimistic, useTransition, type ReactNode } from "react";
import { wish } from "../actions/cart";
import { Icon } from "./icons";
import { useShop } from "./shop-provider";

/** The heart; with `labelled` a button with words. */
export function WishButton({ product, name, wished, labelled = false }: { product: ShopProduct; name: string; wished: boolean; labelled?: boolean }): ReactNode {
  const { messages } = useShop();
  const clickstream = useClickstream();
  const [, begin] = useTransition();
  const [shown, show] = useOptimistic(wished);
  const label = shown ? messages.saved : messages.save;
  const toggle = (): void =>
    begin(async () => {
      show(!shown);
      const answer = await wish(String(product.id));
      if (answer.ok) clickstream.wishlistToggle(product, answer.value);
    });
  return (
    <button type="button" aria-pressed={shown} aria-label={labelled ? undefined : `${messages.save}: ${name}`} onClick={toggle} className={labelled ? "button-plain" : `inline-flex size-10 cursor-pointer items-center justify-center rounded-full bg-white/85 backdrop-blur hover:bg-white ${shown ? "text-warm" : "text-ink"}`}>
      <Icon name="heart" filled={shown} size={20} />
      {labelled && label}
    </button>
  );
}
