import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { ProductGrid } from "@/components/product-card";
import { fill, messagesOf } from "@/i18n/languages";
import { listCategories, listProducts, sorted, SORTS, type Sort } from "@/shop/catalogue";
import { database } from "@/shop/open";
import { Seen } from "@/tracking/seen";
import { first, languageOf, wishedIds, type Query } from "../../request";

interface Props {
  params: Promise<{ lang: string; category: string }>;
  searchParams: Query;
}

async function find({ params }: Pick<Props, "params">) {
  const { category: id } = await params;
  return (await listCategories(database())).find((each) => each.id === id) ?? notFound();
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [language, category] = await Promise.all([languageOf(params), find({ params })]);
  return { title: category.name[language], description: category.summary[language] };
}

export default async function CategoryPage({ params, searchParams }: Props): Promise<ReactNode> {
  const [language, category, query, wishes] = await Promise.all([languageOf(params), find({ params }), searchParams, wishedIds()]);
  const messages = messagesOf(language);
  const all = await listProducts(database(), category.id);
  const brands = [...new Set(all.map(({ brand }) => brand))].sort();
  const brand = first(query.brand);
  const sort = SORTS.find((each) => each === first(query.sort)) ?? "popular";
  const shown = sorted(all.filter((product) => !brand || product.brand === brand), sort);
  const names: Record<Sort, string> = { popular: messages.sortPopular, cheap: messages.sortCheap, dear: messages.sortDear, name: messages.sortName };
  return (
    <div className="shell pt-10">
      <Seen view={{ kind: "category", category: category.name.en }} />
      <div className="mb-8 flex flex-wrap items-end justify-between gap-5">
        <div>
          <h1 className="text-4xl font-extrabold">{category.name[language]}</h1>
          <p className="mt-2 text-muted">{category.summary[language]} · {fill(messages.categoryCount, { count: shown.length })}</p>
        </div>
        <form className="flex flex-wrap items-end gap-3 text-sm">
          <label>
            {messages.brand}
            <select name="brand" defaultValue={brand} className="field">
              <option value="">{messages.allBrands}</option>
              {brands.map((each) => <option key={each}>{each}</option>)}
            </select>
          </label>
          <label>
            {messages.sort}
            <select name="sort" defaultValue={sort} className="field">
              {SORTS.map((each) => <option key={each} value={each}>{names[each]}</option>)}
            </select>
          </label>
          <button type="submit" className="button-plain">{messages.apply}</button>
        </form>
      </div>
      {shown.length ? <ProductGrid products={shown} language={language} wishes={wishes} firstRow={4} /> : <p>{messages.nothingHere}</p>}
    </div>
  );
}
