import type { Metadata } from "next";
import Link from "next/link";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { ProductPicture } from "@/components/product-picture";
import { RefundButton } from "@/components/refund-button";
import { TotalsTable } from "@/components/totals";
import { fill, formatDay, messagesOf } from "@/i18n/languages";
import { currentCustomer } from "@/login/customer";
import { database } from "@/shop/open";
import { findOrder } from "@/shop/orders";
import { formatPrice } from "@/shop/price";
import { trackedOrder } from "@/tracking/as-tracked";
import { Seen } from "@/tracking/seen";
import { first, languageOf, type Query } from "../../request";

interface Props {
  params: Promise<{ lang: string; order: string }>;
  searchParams: Query;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: fill(messagesOf(await languageOf(params)).order, { id: (await params).order }), robots: { index: false } };
}

export default async function OrderPage({ params, searchParams }: Props): Promise<ReactNode> {
  const [language, { order: id }, customer, query] = [await languageOf(params), await params, await currentCustomer(), await searchParams];
  if (!customer) redirect(`/${language}/sign-in?next=${encodeURIComponent(`/${language}/orders/${id}`)}`);
  const order = (await findOrder(database(), id, customer.id)) ?? notFound();
  const messages = messagesOf(language);
  const thanks = first(query.placed) === "1" && order.status === "paid";
  const told = trackedOrder(order);
  return (
    <div className="shell max-w-4xl! pt-10">
      {thanks && (
        <section className="mb-8 rounded-3xl bg-leaf/10 p-8">
          <Seen view={{ kind: "purchase", order: told }} />
          <h1 className="text-3xl font-extrabold text-leaf" id="thanks">{fill(messages.thankYou, { name: order.recipient })}</h1>
          <p className="mt-2">{fill(messages.thankYouText, { id })}</p>
        </section>
      )}
      <div className="mb-6">
        {thanks ? <h2 className="text-2xl font-bold">{fill(messages.order, { id })}</h2> : <h1 className="text-3xl font-extrabold">{fill(messages.order, { id })}</h1>}
        <p className="mt-1 text-muted" id="status">{fill(messages.orderPlaced, { date: formatDay(order.placedAt, language) })} · <strong className="text-ink">{messages[`status_${order.status}`]}</strong></p>
      </div>
      <div className="grid items-start gap-8 md:grid-cols-[1fr_20rem]">
        <ul className="divide-y divide-line border-y border-line">
          {order.lines.map((line) => (
            <li key={line.productId} className="flex items-center gap-5 py-4">
              <ProductPicture id={line.productId} name="" className="w-28! rounded-2xl" />
              <div className="flex-1">
                <p className="text-sm text-muted">{line.brand}</p>
                <Link href={`/${language}/p/${line.productId}`} className="font-semibold">{line.name}</Link>
                <p className="text-sm text-muted">{line.quantity} × {formatPrice(line.unitPrice, language)}</p>
              </div>
            </li>
          ))}
        </ul>
        <section className="card space-y-5">
          <TotalsTable totals={order.totals} language={language} />
          <address className="text-sm leading-relaxed text-muted not-italic">{order.recipient}<br />{order.address}<br />{order.city}<br />{order.phone}</address>
          {order.status === "awaiting_payment" && <Link href={`/${language}/checkout/payment/${id}`} className="button w-full">{messages.payNow}</Link>}
          {order.status === "paid" && <RefundButton order={told} />}
          {order.status === "refunded" && <p className="text-sm text-leaf">{fill(messages.returned, { amount: formatPrice(order.totals.total, language) })}</p>}
        </section>
      </div>
    </div>
  );
}
