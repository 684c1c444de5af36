"use client";
import { useClickstream } from "@clickstream/tracker/react";
import type { Cart, ShopOrder, ShopProduct } from "@clickstream/tracker";
import { useEffect } from "react";

/** What a page shows, told once when it is opened. */
export type View =
  | { kind: "home" }
  | { kind: "category"; category: string }
  | { kind: "product"; product: ShopProduct }
  | { kind: "search"; query: string; results: number }
  | { kind: "checkout"; cart: Cart }
  | { kind: "purchase"; order: ShopOrder };

export function Seen({ view }: { view: View }): null {
  const clickstream = useClickstream();
  const key = JSON.stringify(view);
  useEffect(() => {
    const seen = JSON.parse(key) as View;
    if (seen.kind === "home") clickstream.homeView();
    else if (seen.kind === "category") clickstream.categoryView(seen.category);
    else if (seen.kind === "product") clickstream.productView(seen.product);
    else if (seen.kind === "search") clickstream.search(seen.query, seen.results);
    else if (seen.kind === "checkout") clickstream.checkoutStart(seen.cart);
    else clickstream.purchase(seen.order);
  }, [clickstream, key]);
  return null;
}
