"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { Suspense, type ReactNode } from "react";
import { useShop } from "./shop-provider";

/** The same page in the other language. */
export function OtherLanguage(): ReactNode {
  return (
    <Suspense>
      <Switch />
    </Suspense>
  );
}

function Switch(): ReactNode {
  const { language, messages } = useShop();
  const other = language === "vi" ? "en" : "vi";
  const query = useSearchParams().toString();
  const path = usePathname().replace(/^\/(vi|en)/, `/${other}`);
  return (
    <a href={query ? `${path}?${query}` : path} hrefLang={other} lang={other} aria-label={`${other} – ${messages.otherLanguage}`} className="inline-flex size-10 sm:size-11 items-center justify-center rounded-full text-sm font-semibold uppercase hover:bg-paper">
      {other}
    </a>
  );
}
