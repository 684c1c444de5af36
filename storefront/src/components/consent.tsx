"use client";
import { useClickstream } from "@clickstream/tracker/react";
import { useState, type ReactNode } from "react";
import { useShop } from "./shop-provider";

const COOKIE = "shop_consent";

/** Asks whether the visit may be counted; `asked` is what the cookie says, so that no answered question flashes up. */
export function Consent({ asked }: { asked: boolean }): ReactNode {
  const clickstream = useClickstream();
  const { messages } = useShop();
  const [open, setOpen] = useState(!asked);
  const decide = (yes: boolean): void => {
    clickstream.setConsent(yes);
    document.cookie = `${COOKIE}=${yes ? "yes" : "no"}; path=/; max-age=31536000; samesite=lax`;
    setOpen(false);
  };
  return (
    <>
      <button type="button" className="cursor-pointer underline underline-offset-4 hover:text-ink" onClick={() => setOpen(true)}>
        {messages.privacy}
      </button>
      {open && (
        <section
          aria-label={messages.consentTitle}
          data-clickstream="off"
          className="fixed inset-x-4 bottom-4 z-50 mx-auto flex max-w-3xl flex-wrap items-center gap-x-6 gap-y-3 rounded-3xl bg-ink p-5 text-white shadow-2xl sm:flex-nowrap"
        >
          <p className="min-w-60 flex-1 text-sm leading-relaxed">
            <strong className="block text-base">{messages.consentTitle}</strong>
            {messages.consentText}
          </p>
          <div className="flex gap-2">
            <button type="button" className="button-plain border-transparent! bg-white/15! text-white" onClick={() => decide(false)}>
              {messages.consentNo}
            </button>
            <button type="button" id="consent-yes" className="button bg-white! text-ink!" onClick={() => decide(true)}>
              {messages.consentYes}
            </button>
          </div>
        </section>
      )}
    </>
  );
}
