import type { Metadata } from "next";
import type { ReactNode } from "react";
import { owner } from "@/actions/visitor";
import { EmptyPage } from "@/components/empty-page";
import { ProductGrid } from "@/components/product-card";
import { messagesOf } from "@/i18n/languages";
import { readWishes } from "@/shop/cart";
import { database } from "@/shop/open";
import { languageOf } from "../request";
import type { LanguageParams } from "../layout";

export async function generateMetadata({ params }: LanguageParams): Promise<Metadata> {
  return { title: messagesOf(await languageOf(params)).wishlist, robots: { index: false } };
}

export default async function WishlistPage({ params }: LanguageParams): Promise<ReactNode> {
  const language = await languageOf(params);
  const messages = messagesOf(language);
  const products = await readWishes(database(), await owner());
  if (!products.length) return <EmptyPage title={messages.wishlistEmpty} text={messages.wishlistEmptyText} language={language} />;
  return (
    <div className="shell pt-10">
      <h1 className="mb-7 text-4xl font-extrabold">{messages.wishlist}</h1>
      <ProductGrid products={products} language={language} wishes={new Set(products.map(({ id }) => id))} firstRow={4} />
    </div>
  );
}
