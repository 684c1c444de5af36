import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { BuyBox } from "@/components/buy-box";
import { Price } from "@/components/price";
import { ProductGrid } from "@/components/product-card";
import { ProductPicture } from "@/components/product-picture";
import { ShareButtons } from "@/components/share-buttons";
import { WishButton } from "@/components/wish-button";
import { fill, messagesOf, type Localized, type Messages } from "@/i18n/languages";
import { MOST_OF_ONE } from "@/shop/cart";
import { findProduct, listRelated } from "@/shop/catalogue";
import { database } from "@/shop/open";
import { formatPrice } from "@/shop/price";
import { trackedProduct } from "@/tracking/as-tracked";
import { Seen } from "@/tracking/seen";
import { languageOf, wishedIds } from "../../request";

interface Props {
  params: Promise<{ lang: string; product: string }>;
}

const FEW = 5;

/** A database's JSON has no order; the messages have one. */
const specsInOrder = (specs: Record<string, Localized>, messages: Messages): [string, Localized][] => {
  const order = Object.keys(messages);
  return Object.entries(specs).sort(([one], [other]) => order.indexOf(`spec_${one}`) - order.indexOf(`spec_${other}`));
};

const find = async (params: Props["params"]) => (await findProduct(database(), (await params).product)) ?? notFound();

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [language, product] = await Promise.all([languageOf(params), find(params)]);
  return { title: `${product.brand} ${product.name}`, description: product.summary[language] };
}

export default async function ProductPage({ params }: Props): Promise<ReactNode> {
  const [language, product, wishes] = await Promise.all([languageOf(params), find(params), wishedIds()]);
  const related = await listRelated(database(), product, 4);
  const messages = messagesOf(language);
  const told = trackedProduct(product);
  return (
    <div className="shell pt-6">
      <Seen view={{ kind: "product", product: told }} />
      <nav aria-label="Breadcrumb" className="mb-5 text-sm text-muted">
        <Link href={`/${language}`} className="hover:text-ink">{messages.home}</Link> /{" "}
        <Link href={`/${language}/c/${product.category.id}`} className="hover:text-ink">{product.category.name[language]}</Link>
      </nav>
      <div className="grid gap-8 lg:grid-cols-[1.25fr_1fr] lg:gap-12">
        <div className="overflow-hidden rounded-[2rem] border border-line lg:self-start">
          <ProductPicture id={product.id} name={`${product.brand} ${product.name}`} first />
        </div>
        <div>
          <p className="font-medium text-accent">{product.brand}</p>
          <h1 className="mt-1 text-4xl font-extrabold">{product.name}</h1>
          <p className="mt-3 text-lg leading-relaxed text-muted">{product.summary[language]}</p>
          <div className="my-6">
            <Price product={product} language={language} large />
            {product.salePrice !== null && (
              <p className="mt-1 font-medium text-warm">{fill(messages.youSave, { amount: formatPrice(product.price - product.salePrice, language) })}</p>
            )}
            <p id="stock" className={`mt-1 text-sm font-medium ${product.stock > FEW ? "text-leaf" : "text-warm"}`}>
              {product.stock === 0 ? messages.outOfStock : product.stock <= FEW ? fill(messages.fewLeft, { count: product.stock }) : messages.inStock}
            </p>
          </div>
          <BuyBox product={told} most={Math.min(product.stock, MOST_OF_ONE)} />
          <div className="flex flex-wrap items-center justify-between gap-4">
            <WishButton product={told} name={product.name} wished={wishes.has(product.id)} labelled />
            <ShareButtons product={told} />
          </div>
          <p className="mt-8 leading-relaxed">{product.description[language]}</p>
          <h2 className="mt-8 mb-3 text-lg font-semibold">{messages.specifications}</h2>
          <dl className="divide-y divide-line border-y border-line text-[15px]">
            {specsInOrder(product.specs, messages).map(([name, value]) => (
              <div key={name} className="grid grid-cols-[9rem_1fr] gap-4 py-2.5">
                <dt className="text-muted">{messages[`spec_${name}` as keyof Messages]}</dt>
                <dd>{value[language]}</dd>
              </div>
            ))}
          </dl>
        </div>
      </div>
      <section className="pt-16">
        <h2 className="mb-6 text-2xl font-bold">{messages.related}</h2>
        <ProductGrid products={related} language={language} wishes={wishes} />
      </section>
    </div>
  );
}
