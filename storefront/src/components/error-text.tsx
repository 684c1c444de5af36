"use client";
import type { ReactNode } from "react";
import { fill, type Messages } from "../i18n/languages";
import { useShop } from "./shop-provider";

/** What went wrong, in the visitor's language. */
export function ErrorText({ code, names = [] }: { code: string; names?: string[] }): ReactNode {
  const { messages } = useShop();
  const key = `error_${code}`;
  const message = key in messages ? messages[key as keyof Messages] : messages.error_unknown;
  return (
    <p role="alert" className="rounded-xl bg-warm/10 px-4 py-3 text-sm font-medium text-warm">
      {fill(message, { names: names.join(", ") })}
    </p>
  );
}
