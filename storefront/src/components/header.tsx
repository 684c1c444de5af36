import Link from "next/link";
import type { ReactNode } from "react";
import { messagesOf, type Language } from "../i18n/languages";
import type { Category } from "../shop/catalogue";
import { AccountMenu } from "./account-menu";
import { Icon } from "./icons";
import { OtherLanguage } from "./other-language";

interface Props {
  language: Language;
  categories: Category[];
  cartCount: number;
  wishCount: number;
  email: string | undefined;
}

export function Header({ language, categories, cartCount, wishCount, email }: Props): ReactNode {
  const messages = messagesOf(language);
  const badge = (count: number): ReactNode =>
    count > 0 && (
      <span className="absolute -top-0.5 -right-0.5 min-w-5 rounded-full bg-accent px-1 text-center text-xs leading-5 font-semibold text-white">
        {count}
      </span>
    );
  const round = "relative inline-flex size-10 sm:size-11 items-center justify-center rounded-full hover:bg-paper";
  return (
    <header className="sticky top-0 z-40 border-b border-line bg-white/95 backdrop-blur">
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:top-3 focus:left-3 focus:bg-white focus:p-3">
        {messages.skipToContent}
      </a>
      <div className="shell flex flex-wrap items-center gap-x-1 gap-y-1 py-2.5 sm:gap-x-4">
        <Link href={`/${language}`} className="flex items-center gap-2.5 text-lg font-bold tracking-tight">
          <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" fill="#3d4fe0" />
            <path d="M9 20.500V11h14v9.500M6.500 23h19" stroke="#fff" strokeWidth="2.200" fill="none" strokeLinecap="round" strokeLinejoin="round" />
          </svg>
          Máy&nbsp;Hay
        </Link>
        <nav aria-label={messages.menu} className="order-last flex w-full gap-1 overflow-x-auto lg:order-none lg:w-auto">
          {categories.map(({ id, name }) => (
            <Link key={id} href={`/${language}/c/${id}`} className="rounded-full px-3.5 py-2 text-[15px] font-medium whitespace-nowrap hover:bg-paper">
              {name[language]}
            </Link>
          ))}
        </nav>
        <form action={`/${language}/search`} role="search" className="relative ml-auto hidden min-w-40 flex-1 sm:block lg:max-w-72">
          <label className="sr-only" htmlFor="q">
            {messages.search}
          </label>
          <span className="pointer-events-none absolute top-2.5 left-3.5 text-muted">
            <Icon name="search" size={20} />
          </span>
          <input id="q" name="q" type="search" required maxLength={100} placeholder={messages.searchPlaceholder} className="h-10 w-full rounded-full bg-paper pr-4 pl-11 text-[15px] placeholder:text-muted" />
        </form>
        <div className="ml-auto flex items-center sm:ml-0">
          <Link href={`/${language}/search`} className={`${round} sm:hidden`} aria-label={messages.search}>
            <Icon name="search" />
          </Link>
          <OtherLanguage />
          <Link href={`/${language}/wishlist`} className={round} aria-label={`${messages.wishlist}: ${wishCount}`}>
            <Icon name="heart" />
            {badge(wishCount)}
          </Link>
          <Link href={`/${language}/cart`} className={round} aria-label={`${messages.cart}: ${cartCount}`} id="cart-link">
            <Icon name="cart" />
            {badge(cartCount)}
          </Link>
          <AccountMenu email={email} />
        </div>
      </div>
    </header>
  );
}
