"use client";
import { useClickstream } from "@clickstream/tracker/react";
import type { ShopOrder } from "@clickstream/tracker";
import { useState, useTransition, type ReactNode } from "react";
import { refund } from "../actions/orders";
import { ErrorText } from "./error-text";
import { useShop } from "./shop-provider";

export function RefundButton({ order }: { order: ShopOrder }): ReactNode {
  const { messages } = useShop();
  const clickstream = useClickstream();
  const [busy, begin] = useTransition();
  const [error, setError] = useState<string>();
  const run = (): void =>
    begin(async () => {
      const answer = await refund(String(order.id));
      setError(answer.ok ? undefined : answer.code);
      if (answer.ok && answer.value) clickstream.refund(order);
    });
  return (
    <div className="space-y-3">
      <button type="button" id="refund" className="button-plain" disabled={busy} onClick={run}>
        {busy ? messages.working : messages.returnOrder}
      </button>
      {error && <ErrorText code={error} />}
    </div>
  );
}
