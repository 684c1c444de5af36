import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { owner } from "@/actions/visitor";
import { CartLineControls } from "@/components/cart-line";
import { Price } from "@/components/price";
import { ProductPicture } from "@/components/product-picture";
import { TotalsTable } from "@/components/totals";
import { fill, messagesOf } from "@/i18n/languages";
import { MOST_OF_ONE, readCart } from "@/shop/cart";
import { database } from "@/shop/open";
import { formatPrice, FREE_DELIVERY_FROM, totalsOf } from "@/shop/price";
import { trackedProduct } from "@/tracking/as-tracked";
import { EmptyPage } from "@/components/empty-page";
import { languageOf } from "../request";
import type { LanguageParams } from "../layout";

export async function generateMetadata({ params }: LanguageParams): Promise<Metadata> {
  return { title: messagesOf(await languageOf(params)).cart, robots: { index: false } };
}

export default async function CartPage({ params }: LanguageParams): Promise<ReactNode> {
  const language = await languageOf(params);
  const messages = messagesOf(language);
  const lines = await readCart(database(), await owner());
  if (!lines.length) return <EmptyPage title={messages.cartEmpty} text={messages.cartEmptyText} language={language} />;
  const totals = totalsOf(lines);
  const short = lines.filter(({ product, quantity }) => product.stock < quantity);
  return (
    <div className="shell pt-10">
      <h1 className="mb-7 text-4xl font-extrabold">{messages.cart}</h1>
      <div className="grid items-start gap-8 lg:grid-cols-[1fr_22rem]">
        <ul className="divide-y divide-line border-y border-line">
          {lines.map(({ product, quantity }) => (
            <li key={product.id} className="grid grid-cols-[7rem_1fr] gap-5 py-5 sm:grid-cols-[9rem_1fr_auto]">
              <ProductPicture id={product.id} name="" className="rounded-2xl" />
              <div>
                <p className="text-sm text-muted">{product.brand}</p>
                <h2 className="mb-1 text-lg font-semibold"><Link href={`/${language}/p/${product.id}`}>{product.name}</Link></h2>
                <Price product={product} language={language} />
                {product.stock < quantity && (
                  <p className="mt-1 text-sm font-medium text-warm">{product.stock ? fill(messages.fewLeft, { count: product.stock }) : messages.outOfStock}</p>
                )}
              </div>
              <div className="col-span-2 sm:col-span-1">
                <CartLineControls product={trackedProduct(product)} name={product.name} quantity={quantity} most={Math.min(product.stock, MOST_OF_ONE)} />
              </div>
            </li>
          ))}
        </ul>
        <section className="card" aria-label={messages.total}>
          <TotalsTable totals={totals} language={language} />
          {totals.shipping > 0 && (
            <p className="mt-3 text-sm text-muted">{fill(messages.freeFrom, { amount: formatPrice(FREE_DELIVERY_FROM - (totals.total - totals.shipping), language) })}</p>
          )}
          {short.length === 0 && <Link href={`/${language}/checkout`} id="checkout" className="button mt-5 w-full">{messages.checkout}</Link>}
          <Link href={`/${language}`} className="mt-4 block text-center text-sm underline underline-offset-4">{messages.continueShopping}</Link>
        </section>
      </div>
    </div>
  );
}
