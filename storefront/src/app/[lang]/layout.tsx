import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { owner } from "@/actions/visitor";
import { Consent } from "@/components/consent";
import { Header } from "@/components/header";
import { ShopProvider } from "@/components/shop-provider";
import { isLanguage, LANGUAGES, messagesOf } from "@/i18n/languages";
import { currentCustomer } from "@/login/customer";
import { getPublicSettings } from "@/settings";
import { readCart, readWishes } from "@/shop/cart";
import { listCategories } from "@/shop/catalogue";
import { database } from "@/shop/open";
import "../globals.css";

export interface LanguageParams {
  params: Promise<{ lang: string }>;
}

export async function generateMetadata({ params }: LanguageParams): Promise<Metadata> {
  const { lang } = await params;
  const messages = messagesOf(isLanguage(lang) ? lang : "vi");
  return {
    title: { default: `Máy Hay – ${messages.tagline}`, template: "%s – Máy Hay" },
    description: messages.metaDescription,
    alternates: { languages: Object.fromEntries(LANGUAGES.map((each) => [each, `/${each}`])) },
  };
}

export default async function Layout({ children, params }: LanguageParams & { children: ReactNode }): Promise<ReactNode> {
  const { lang } = await params;
  if (!isLanguage(lang)) notFound();
  const whose = await owner();
  const [categories, cart, wishes, customer, jar] = await Promise.all([
    listCategories(database()),
    readCart(database(), whose),
    readWishes(database(), whose),
    currentCustomer(),
    cookies(),
  ]);
  const messages = messagesOf(lang);
  return (
    <html lang={lang}>
      <body className="flex min-h-dvh flex-col font-sans antialiased">
        <ShopProvider language={lang} settings={getPublicSettings()} customerId={customer?.id}>
          <Header
            language={lang}
            categories={categories}
            cartCount={cart.reduce((sum, { quantity }) => sum + quantity, 0)}
            wishCount={wishes.length}
            email={customer?.email}
          />
          <main id="content" className="flex-1 pb-20">
            {children}
          </main>
          <footer className="border-t border-line bg-paper py-10 text-sm text-muted">
            <div className="shell flex flex-wrap items-center justify-between gap-4">
              <p className="max-w-xl leading-relaxed">{messages.footerNote}</p>
              <Consent asked={jar.has("shop_consent")} />
            </div>
          </footer>
        </ShopProvider>
      </body>
    </html>
  );
}
