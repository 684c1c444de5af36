import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { PaymentForm } from "@/components/payment-form";
import { fill, messagesOf } from "@/i18n/languages";
import { currentCustomer } from "@/login/customer";
import { database } from "@/shop/open";
import { findOrder } from "@/shop/orders";
import { formatPrice } from "@/shop/price";
import { languageOf } from "../../../request";

interface Props {
  params: Promise<{ lang: string; order: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: messagesOf(await languageOf(params)).paymentTitle, robots: { index: false } };
}

export default async function PaymentPage({ params }: Props): Promise<ReactNode> {
  const [language, { order: id }, customer] = [await languageOf(params), await params, await currentCustomer()];
  if (!customer) redirect(`/${language}/sign-in?next=${encodeURIComponent(`/${language}/checkout/payment/${id}`)}`);
  const order = (await findOrder(database(), id, customer.id)) ?? notFound();
  if (order.status !== "awaiting_payment") redirect(`/${language}/orders/${id}`);
  const messages = messagesOf(language);
  return (
    <div className="shell max-w-xl! pt-10">
      <h1 className="text-4xl font-extrabold">{messages.paymentTitle}</h1>
      <p className="mt-2 mb-7 text-muted">{fill(messages.order, { id })} · {messages.paymentReserved}</p>
      <PaymentForm orderId={id} amount={fill(messages.pay, { amount: formatPrice(order.totals.total, language) })} />
    </div>
  );
}
