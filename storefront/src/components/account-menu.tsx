"use client";
import { useClickstream } from "@clickstream/tracker/react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useRef, type ReactNode } from "react";
import { part } from "../actions/cart";
import { leave } from "../login/session";
import { Icon } from "./icons";
import { useShop } from "./shop-provider";

export function AccountMenu({ email }: { email: string | undefined }): ReactNode {
  const { language, messages } = useShop();
  const clickstream = useClickstream();
  const router = useRouter();
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => menu.current?.removeAttribute("open");
  const out = async (): Promise<void> => {
    close();
    clickstream.logout();
    await leave();
    await part();
    router.push(`/${language}`);
    router.refresh();
  };
  if (!email)
    return (
      <Link href={`/${language}/sign-in`} className="inline-flex min-h-11 items-center gap-2 rounded-full px-2 sm:px-3 text-[15px] font-medium whitespace-nowrap hover:bg-paper">
        <Icon name="user" />
        <span className="hidden md:inline">{messages.signIn}</span>
        <span className="sr-only md:hidden">{messages.signIn}</span>
      </Link>
    );
  const item = "block w-full cursor-pointer rounded-xl px-4 py-2.5 text-left hover:bg-paper";
  return (
    <details ref={menu} className="relative">
      <summary aria-label={messages.account} className="inline-flex size-11 cursor-pointer list-none items-center justify-center rounded-full bg-paper text-accent [&::-webkit-details-marker]:hidden">
        <Icon name="user" />
      </summary>
      <div className="absolute right-0 mt-2 w-64 rounded-2xl border border-line bg-white p-2 shadow-xl">
        <p className="truncate px-4 py-2 text-sm text-muted" data-clickstream="off">
          {email}
        </p>
        <Link href={`/${language}/orders`} className={item} onClick={close}>
          {messages.orders}
        </Link>
        <button type="button" id="sign-out" className={item} onClick={() => void out()}>
          {messages.signOut}
        </button>
      </div>
    </details>
  );
}
