import type { Metadata } from "next";
import type { ReactNode } from "react";
import { Icon } from "@/components/icons";
import { ProductGrid } from "@/components/product-card";
import { fill, messagesOf } from "@/i18n/languages";
import { searchProducts } from "@/shop/catalogue";
import { database } from "@/shop/open";
import { Seen } from "@/tracking/seen";
import { first, languageOf, wishedIds, type Query } from "../request";
import type { LanguageParams } from "../layout";

const LONGEST = 100;

type Props = LanguageParams & { searchParams: Query };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: messagesOf(await languageOf(params)).searchTitle, robots: { index: false } };
}

export default async function SearchPage({ params, searchParams }: Props): Promise<ReactNode> {
  const [language, given, wishes] = await Promise.all([languageOf(params), searchParams, wishedIds()]);
  const messages = messagesOf(language);
  const query = first(given.q).trim().slice(0, LONGEST);
  const found = query ? await searchProducts(database(), query) : [];
  return (
    <div className="shell pt-10">
      {query && <Seen view={{ kind: "search", query, results: found.length }} />}
      <h1 className="text-4xl font-extrabold">{messages.searchTitle}</h1>
      <form action={`/${language}/search`} className="mt-5 flex max-w-xl gap-3">
        <label className="flex-1">
          <span className="sr-only">{messages.search}</span>
          <input name="q" type="search" defaultValue={query} required maxLength={LONGEST} placeholder={messages.searchPlaceholder} className="field mt-0!" />
        </label>
        <button type="submit" className="button" aria-label={messages.search}><Icon name="search" /></button>
      </form>
      <p className="mt-5 mb-7 text-muted" role="status">
        {!query ? messages.searchHint : found.length ? fill(messages.searchResults, { count: found.length, query }) : fill(messages.searchNothing, { query })}
      </p>
      <ProductGrid products={found} language={language} wishes={wishes} firstRow={4} />
    </div>
  );
}
