import Link from "next/link";
import type { ReactNode } from "react";
import { messagesOf, type Language } from "../i18n/languages";

/** A page that has nothing to show yet, and the way on. */
export function EmptyPage({ title, text, language }: { title: string; text?: string; language: Language }): ReactNode {
  return (
    <div className="shell py-24 text-center">
      <h1 className="text-3xl font-bold">{title}</h1>
      {text && <p className="mt-3 text-muted">{text}</p>}
      <Link href={`/${language}`} className="button mt-8">{messagesOf(language).continueShopping}</Link>
    </div>
  );
}
