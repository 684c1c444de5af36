import Link from "next/link";
import type { ReactNode } from "react";
import { Icon } from "@/components/icons";
import { ProductGrid } from "@/components/product-card";
import { ProductPicture } from "@/components/product-picture";
import { fill, messagesOf } from "@/i18n/languages";
import { listFeatured, listReduced } from "@/shop/catalogue";
import { database } from "@/shop/open";
import { formatPrice, FREE_DELIVERY_FROM } from "@/shop/price";
import { Seen } from "@/tracking/seen";
import { languageOf, wishedIds } from "./request";
import type { LanguageParams } from "./layout";

export default async function Home({ params }: LanguageParams): Promise<ReactNode> {
  const language = await languageOf(params);
  const messages = messagesOf(language);
  const [featured, reduced, wishes] = await Promise.all([listFeatured(database()), listReduced(database(), 4), wishedIds()]);
  const promises = [
    ["truck", messages.promiseDelivery, fill(messages.promiseDeliveryText, { amount: formatPrice(FREE_DELIVERY_FROM, language) })],
    ["back", messages.promiseReturn, messages.promiseReturnText],
    ["shield", messages.promiseWarranty, messages.promiseWarrantyText],
  ] as const;
  return (
    <>
      <Seen view={{ kind: "home" }} />
      <section className="bg-gradient-to-br from-[#eef0ff] via-white to-[#ffeee8]">
        <div className="shell grid items-center gap-8 py-12 md:grid-cols-2 md:py-16">
          <div>
            <h1 className="text-4xl leading-[1.08] font-extrabold sm:text-5xl lg:text-6xl">{messages.heroTitle}</h1>
            <p className="mt-5 max-w-md text-lg leading-relaxed text-muted">{messages.heroText}</p>
            <div className="mt-8 flex flex-wrap gap-3">
              <Link href={`/${language}/c/laptops`} className="button">{messages.heroButton}</Link>
              <Link href={`/${language}/c/monitors`} className="button-plain">{messages.heroSecond}</Link>
            </div>
          </div>
          <Link href={`/${language}/p/saomai-pro-14`} aria-label="Sao Mai Pro 14" className="overflow-hidden rounded-[2rem] shadow-2xl">
            <ProductPicture id="saomai-pro-14" name="Sao Mai Pro 14" first />
          </Link>
        </div>
      </section>
      <section className="border-b border-line">
        <ul className="shell grid gap-5 py-7 sm:grid-cols-3">
          {promises.map(([icon, title, text]) => (
            <li key={icon} className="flex items-center gap-4">
              <span className="rounded-2xl bg-paper p-3 text-accent"><Icon name={icon} /></span>
              <span className="text-sm text-muted"><strong className="block text-base font-semibold text-ink">{title}</strong>{text}</span>
            </li>
          ))}
        </ul>
      </section>
      <section className="shell pt-14">
        <h2 className="text-3xl font-bold">{messages.featured}</h2>
        <p className="mt-1 mb-7 text-muted">{messages.featuredText}</p>
        <ProductGrid products={featured} language={language} wishes={wishes} />
      </section>
      <section className="shell pt-16">
        <h2 className="mb-7 text-3xl font-bold">{messages.deals}</h2>
        <ProductGrid products={reduced} language={language} wishes={wishes} />
      </section>
    </>
  );
}
