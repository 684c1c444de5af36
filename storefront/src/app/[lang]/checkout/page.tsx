import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { owner } from "@/actions/visitor";
import { CheckoutForm } from "@/components/checkout-form";
import { TotalsTable } from "@/components/totals";
import { messagesOf } from "@/i18n/languages";
import { currentCustomer } from "@/login/customer";
import { readCart } from "@/shop/cart";
import { database } from "@/shop/open";
import { totalsOf } from "@/shop/price";
import { trackedItem } from "@/tracking/as-tracked";
import { Seen } from "@/tracking/seen";
import { languageOf } from "../request";
import type { LanguageParams } from "../layout";

export async function generateMetadata({ params }: LanguageParams): Promise<Metadata> {
  return { title: messagesOf(await languageOf(params)).checkoutTitle, robots: { index: false } };
}

export default async function CheckoutPage({ params }: LanguageParams): Promise<ReactNode> {
  const language = await languageOf(params);
  const messages = messagesOf(language);
  const whose = await owner();
  const lines = await readCart(database(), whose);
  if (!lines.length) redirect(`/${language}/cart`);
  if (!(await currentCustomer())) redirect(`/${language}/sign-in?next=${encodeURIComponent(`/${language}/checkout`)}`);
  const totals = totalsOf(lines);
  return (
    <div className="shell pt-10">
      <Seen view={{ kind: "checkout", cart: { ...(whose.cartId && { id: whose.cartId }), total: totals.total, items: lines.map(({ product, quantity }) => trackedItem(product, quantity)) } }} />
      <h1 className="mb-7 text-4xl font-extrabold">{messages.checkoutTitle}</h1>
      <div className="grid items-start gap-8 lg:grid-cols-[1fr_24rem]">
        <CheckoutForm checkoutId={crypto.randomUUID()} total={totals.total} />
        <section className="card">
          <h2 className="mb-4 text-xl font-semibold">{messages.yourOrder}</h2>
          <ul className="mb-5 space-y-2">
            {lines.map(({ product, quantity }) => (
              <li key={product.id} className="flex justify-between gap-4"><span>{product.brand} {product.name}</span><span className="text-muted">× {quantity}</span></li>
            ))}
          </ul>
          <TotalsTable totals={totals} language={language} />
        </section>
      </div>
    </div>
  );
}
