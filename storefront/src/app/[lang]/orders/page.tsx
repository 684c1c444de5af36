import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { EmptyPage } from "@/components/empty-page";
import { ProductPicture } from "@/components/product-picture";
import { fill, formatDay, messagesOf } from "@/i18n/languages";
import { currentCustomer } from "@/login/customer";
import { database } from "@/shop/open";
import { listOrders } from "@/shop/orders";
import { formatPrice } from "@/shop/price";
import { languageOf } from "../request";
import type { LanguageParams } from "../layout";

export async function generateMetadata({ params }: LanguageParams): Promise<Metadata> {
  return { title: messagesOf(await languageOf(params)).orders, robots: { index: false } };
}

export default async function OrdersPage({ params }: LanguageParams): Promise<ReactNode> {
  const language = await languageOf(params);
  const customer = await currentCustomer();
  if (!customer) redirect(`/${language}/sign-in?next=${encodeURIComponent(`/${language}/orders`)}`);
  const messages = messagesOf(language);
  const orders = await listOrders(database(), customer.id);
  if (!orders.length) return <EmptyPage title={messages.ordersEmpty} language={language} />;
  return (
    <div className="shell max-w-4xl! pt-10">
      <h1 className="mb-7 text-4xl font-extrabold">{messages.orders}</h1>
      <ul className="space-y-4">
        {orders.map((order) => (
          <li key={order.id} className="card relative flex flex-wrap items-center gap-5 transition hover:shadow-lg">
            <div className="flex w-28 -space-x-14">
              {order.lines.slice(0, 2).map((line) => <ProductPicture key={line.productId} id={line.productId} name="" className="w-24! rounded-xl border-2 border-white" />)}
            </div>
            <div className="flex-1">
              <h2 className="font-semibold"><Link href={`/${language}/orders/${order.id}`} className="after:absolute after:inset-0">{fill(messages.order, { id: order.id })}</Link></h2>
              <p className="text-sm text-muted">{formatDay(order.placedAt, language)} · {messages[`status_${order.status}`]}</p>
            </div>
            <p className="text-lg font-bold">{formatPrice(order.totals.total, language)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
