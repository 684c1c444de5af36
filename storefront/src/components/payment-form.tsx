"use client";
import { useRouter } from "next/navigation";
import { useActionState, useTransition, type ReactNode } from "react";
import { cancel, pay } from "../actions/orders";
import { ErrorText } from "./error-text";
import { Field } from "./field";
import { useShop } from "./shop-provider";

export function PaymentForm({ orderId, amount }: { orderId: string; amount: string }): ReactNode {
  const { language, messages } = useShop();
  const router = useRouter();
  const [failed, submit, busy] = useActionState(async (_: unknown, form: FormData) => {
    const text = (name: string): string => String(form.get(name) ?? "");
    const answer = await pay(language, orderId, { number: text("number"), expiry: text("expiry"), code: text("code") });
    return answer.ok ? null : { ...answer, given: Object.fromEntries(["number", "expiry", "code"].map((name) => [name, text(name)])) };
  }, null);
  const [leaving, begin] = useTransition();
  const state = failed as { code: string; names: string[]; fields?: Record<string, string>; given: Record<string, string> } | null;
  return (
    <form action={submit} className="card space-y-4" data-clickstream="off" key={JSON.stringify(state?.given)}>
      <p className="rounded-xl bg-paper px-4 py-3 text-sm leading-relaxed text-muted">{messages.paymentTest}</p>
      <Field name="number" label={messages.cardNumber} inputMode="numeric" autoComplete="cc-number" required maxLength={23} defaultValue={state?.given.number} problem={state?.fields?.number} />
      <div className="grid grid-cols-2 gap-4">
        <Field name="expiry" label={messages.cardExpiry} autoComplete="cc-exp" placeholder="12/29" required maxLength={7} defaultValue={state?.given.expiry} problem={state?.fields?.expiry} />
        <Field name="code" label={messages.cardCode} inputMode="numeric" autoComplete="cc-csc" required maxLength={4} defaultValue={state?.given.code} problem={state?.fields?.code} />
      </div>
      {state && <ErrorText code={state.code} names={state.names} />}
      <button type="submit" id="pay" className="button w-full" disabled={busy || leaving}>
        {busy ? messages.working : amount}
      </button>
      <button
        type="button"
        className="w-full cursor-pointer py-2 text-sm text-muted underline underline-offset-4"
        disabled={busy || leaving}
        onClick={() =>
          begin(async () => {
            await cancel(orderId);
            router.push(`/${language}/orders/${orderId}`);
          })
        }
      >
        {messages.cancelOrder}
      </button>
    </form>
  );
}
