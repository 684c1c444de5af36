import type { Language } from "../i18n/languages";

export const CURRENCY = "VND";
export const FREE_DELIVERY_FROM = 5_000_000;
const DELIVERY_FEE = 30_000;
/** Prices include it. */
const VAT_PERCENT = 10;

export interface Priced {
  price: number;
  salePrice: number | null;
}

export interface Line {
  product: Priced;
  quantity: number;
}

/** Whole đồng. `total` is what the buyer pays: subtotal − discount + shipping; `tax` is contained in it. */
export interface Totals {
  subtotal: number;
  discount: number;
  shipping: number;
  tax: number;
  total: number;
  itemCount: number;
}

export const unitPrice = ({ price, salePrice }: Priced): number => salePrice ?? price;

export function totalsOf(lines: readonly Line[]): Totals {
  const sum = (of: (line: Line) => number): number => lines.reduce((all, line) => all + of(line) * line.quantity, 0);
  const subtotal = sum(({ product }) => product.price);
  const payable = sum(({ product }) => unitPrice(product));
  const shipping = lines.length === 0 || payable >= FREE_DELIVERY_FROM ? 0 : DELIVERY_FEE;
  const total = payable + shipping;
  return {
    subtotal,
    discount: subtotal - payable,
    shipping,
    tax: Math.round((total * VAT_PERCENT) / (100 + VAT_PERCENT)),
    total,
    itemCount: sum(() => 1),
  };
}

/** Whole per cent off; 0 where there is no sale price. */
export const percentOff = ({ price, salePrice }: Priced): number =>
  salePrice === null ? 0 : Math.round(((price - salePrice) / price) * 100);

/** An amount as it is written in the visitor's language. */
export const formatPrice = (amount: number, language: Language): string =>
  new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-VN", { style: "currency", currency: CURRENCY }).format(amount);
