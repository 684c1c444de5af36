import type { ReactNode } from "react";
import type { Language } from "../i18n/languages";
import { formatPrice, unitPrice, type Priced } from "../shop/price";

export function Price({ product, language, large = false }: { product: Priced; language: Language; large?: boolean }): ReactNode {
  return (
    <p className={large ? "text-3xl font-bold tracking-tight" : "font-semibold"}>
      {formatPrice(unitPrice(product), language)}
      {product.salePrice !== null && (
        <s className={`ml-2 font-normal text-muted ${large ? "text-lg" : "text-sm"}`}>{formatPrice(product.price, language)}</s>
      )}
    </p>
  );
}
