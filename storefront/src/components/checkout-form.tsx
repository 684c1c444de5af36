"use client";
import { useActionState, type ReactNode } from "react";
import { order } from "../actions/orders";
import { ErrorText } from "./error-text";
import { Field } from "./field";
import { useShop } from "./shop-provider";
import type { Answer } from "../actions/answer";

export function CheckoutForm({ checkoutId, total }: { checkoutId: string; total: number }): ReactNode {
  const { language, messages } = useShop();
  const [state, submit, busy] = useActionState(
    async (_: { answer: Answer<string>; given: FormData } | null, form: FormData) => ({ answer: await order(form), given: form }),
    null,
  );
  const failed = state && !state.answer.ok ? state.answer : undefined;
  // React empties a form after its action: what was typed is put back.
  const given = (name: string): string => String(state?.given.get(name) ?? "");
  return (
    <form action={submit} className="card space-y-4" data-clickstream="off" key={state ? JSON.stringify([...state.given]) : "fresh"}>
      <h2 className="text-xl font-semibold">{messages.delivery}</h2>
      <input type="hidden" name="checkoutId" value={checkoutId} />
      <input type="hidden" name="expectedTotal" value={total} />
      <input type="hidden" name="language" value={language} />
      <Field name="recipient" label={messages.recipient} autoComplete="name" required maxLength={100} defaultValue={given("recipient")} problem={failed?.fields?.recipient} />
      <Field name="phone" label={messages.phone} type="tel" autoComplete="tel" required maxLength={20} defaultValue={given("phone")} problem={failed?.fields?.phone} />
      <Field name="address" label={messages.address} autoComplete="street-address" required maxLength={300} defaultValue={given("address")} problem={failed?.fields?.address} />
      <Field name="city" label={messages.city} autoComplete="address-level2" required maxLength={100} defaultValue={given("city")} problem={failed?.fields?.city} />
      {failed && <ErrorText code={failed.code} names={failed.names} />}
      <button type="submit" id="place-order" className="button w-full" disabled={busy}>
        {busy ? messages.working : messages.placeOrder}
      </button>
    </form>
  );
}
