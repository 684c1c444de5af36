import Link from "next/link";
import type { ReactNode } from "react";
import { fill, messagesOf, type Language } from "../i18n/languages";
import type { Product } from "../shop/catalogue";
import { percentOff } from "../shop/price";
import { Price } from "./price";
import { ProductPicture } from "./product-picture";
import { WishButton } from "./wish-button";
import { trackedProduct } from "../tracking/as-tracked";

const FEW = 5;

export function ProductCard({ product, language, wished, first = false }: { product: Product; language: Language; wished: boolean; first?: boolean }): ReactNode {
  const messages = messagesOf(language);
  const percent = percentOff(product);
  return (
    <article className="group relative flex flex-col overflow-hidden rounded-3xl border border-line bg-white transition hover:-translate-y-0.5 hover:shadow-xl">
      <div className="relative overflow-hidden">
        <ProductPicture id={product.id} name="" first={first} className="transition duration-500 group-hover:scale-[1.03]" />
        {percent > 0 && (
          <span className="absolute top-3 left-3 rounded-full bg-warm px-2.5 py-1 text-xs font-bold text-white">{fill(messages.sale, { percent })}</span>
        )}
      </div>
      <div className="flex flex-1 flex-col gap-1 p-5">
        <p className="text-sm text-muted">{product.brand}</p>
        <h3 className="text-lg leading-snug font-semibold">
          <Link href={`/${language}/p/${product.id}`} className="after:absolute after:inset-0">
            {product.name}
          </Link>
        </h3>
        <p className="mb-3 text-sm leading-relaxed text-muted">{product.summary[language]}</p>
        <div className="mt-auto">
          <Price product={product} language={language} />
          {product.stock === 0 && <p className="text-sm font-medium text-warm">{messages.outOfStock}</p>}
          {product.stock > 0 && product.stock <= FEW && (
            <p className="text-sm font-medium text-warm">{fill(messages.fewLeft, { count: product.stock })}</p>
          )}
        </div>
      </div>
      <div className="absolute top-2.5 right-2.5">
        <WishButton product={trackedProduct(product)} name={product.name} wished={wished} />
      </div>
    </article>
  );
}

export function ProductGrid({ products, language, wishes, firstRow = 0 }: { products: Product[]; language: Language; wishes: Set<string>; firstRow?: number }): ReactNode {
  return (
    <ul className="grid grid-cols-1 gap-5 min-[480px]:grid-cols-2 lg:grid-cols-4">
      {products.map((product, at) => (
        <li key={product.id} className="grid">
          <ProductCard product={product} language={language} wished={wishes.has(product.id)} first={at < firstRow} />
        </li>
      ))}
    </ul>
  );
}
