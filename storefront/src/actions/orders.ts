"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { isLanguage } from "../i18n/languages";
import { requireCustomer } from "../login/customer";
import { placeOrder } from "../shop/checkout";
import { database } from "../shop/open";
import { cancelOrder, payOrder, refundOrder } from "../shop/orders";
import { testBank, wrongFields, type Card } from "../shop/payment";
import { answer, type Answer } from "./answer";
import { ownCart } from "./visitor";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LONGEST = { recipient: 100, phone: 20, address: 300, city: 100 } as const;

const invalid = (fields: Record<string, string>): Answer<never> => ({ ok: false, code: "invalid", names: [], fields });

/** Place the order and go to its payment; comes back only where it was not placed. */
export async function order(form: FormData): Promise<Answer<string>> {
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const delivery = { recipient: text("recipient"), phone: text("phone"), address: text("address"), city: text("city") };
  const wrong: Record<string, string> = {};
  for (const [name, most] of Object.entries(LONGEST)) {
    const given = delivery[name as keyof typeof delivery];
    if (!given || given.length > most) wrong[name] = "field_required";
  }
  if (!wrong.phone && !/^\+?\d{8,15}$/.test(delivery.phone.replace(/[\s.()-]/g, ""))) wrong.phone = "field_phone";
  const checkoutId = text("checkoutId");
  if (Object.keys(wrong).length || !UUID.test(checkoutId)) return invalid(wrong);
  const placed = await answer(async () => {
    const customer = await requireCustomer();
    return placeOrder(database(), {
      checkoutId,
      cartId: await ownCart(),
      customer,
      delivery,
      expectedTotal: Number(text("expectedTotal")),
    });
  });
  return placed.ok ? go(text("language"), `checkout/payment/${placed.value}`) : placed;
}

/** Pay and go to the order; comes back only where it was not paid. */
export async function pay(language: string, orderId: string, card: Card): Promise<Answer<void>> {
  const given = { number: String(card.number), expiry: String(card.expiry), code: String(card.code) };
  const wrong = wrongFields(given);
  const keys = { number: "field_card", expiry: "field_expiry", code: "field_code" };
  if (wrong.length) return invalid(Object.fromEntries(wrong.map((name) => [name, keys[name]])));
  const paid = await answer(async () => payOrder(database(), String(orderId), (await requireCustomer()).id, given, testBank));
  return paid.ok ? go(language, `orders/${orderId}?placed=1`) : paid;
}

function go(language: string, path: string): never {
  revalidatePath("/", "layout");
  redirect(`/${isLanguage(language) ? language : "vi"}/${path}`);
}

export const cancel = async (orderId: string): Promise<Answer<void>> =>
  answer(async () => {
    await cancelOrder(database(), String(orderId), (await requireCustomer()).id);
    revalidatePath("/", "layout");
  });

/** Whether it was this call that sent the money back. */
export const refund = async (orderId: string): Promise<Answer<boolean>> =>
  answer(async () => {
    const done = await refundOrder(database(), String(orderId), (await requireCustomer()).id);
    revalidatePath("/", "layout");
    return done;
  });
