import type { ReactNode } from "react";
import { messagesOf, type Language } from "../i18n/languages";
import { formatPrice, type Totals } from "../shop/price";

export function TotalsTable({ totals, language }: { totals: Totals; language: Language }): ReactNode {
  const messages = messagesOf(language);
  const money = (amount: number): string => formatPrice(amount, language);
  const rows: [string, string][] = [[messages.subtotal, money(totals.subtotal)]];
  if (totals.discount) rows.push([messages.discount, `−${money(totals.discount)}`]);
  rows.push([messages.shipping, totals.shipping ? money(totals.shipping) : messages.free]);
  return (
    <dl className="space-y-2">
      {rows.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4 text-muted">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div className="flex justify-between gap-4 border-t border-line pt-3 text-xl font-bold">
        <dt>{messages.total}</dt>
        <dd id="total">{money(totals.total)}</dd>
      </div>
      <div className="flex justify-between gap-4 text-sm text-muted">
        <dt>{messages.taxIncluded}</dt>
        <dd>{money(totals.tax)}</dd>
      </div>
    </dl>
  );
}
