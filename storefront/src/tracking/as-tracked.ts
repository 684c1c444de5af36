import type { ShopItem, ShopOrder, ShopProduct } from "@clickstream/tracker";
import { CURRENCY, unitPrice, type Priced } from "../shop/price";

/** What is told of a product, in any language of the shop the same. */
export interface Told extends Priced {
  id: string;
  name: string;
  brand: string;
  category: { name: { en: string } };
}

export const trackedProduct = (product: Told): ShopProduct => ({
  id: product.id,
  name: product.name,
  brand: product.brand,
  category: product.category.name.en,
  price: product.price,
  discountPrice: product.salePrice,
  urlPath: `/p/${product.id}`,
});

/** A cart's line: its price is what one costs now. */
export const trackedItem = (product: Told, quantity: number): ShopItem => ({
  ...trackedProduct(product),
  price: unitPrice(product),
  quantity,
  currency: CURRENCY,
});

export interface ToldOrder {
  id: string;
  totals: { total: number; tax: number; shipping: number; discount: number; itemCount: number };
  lines: { productId: string; name: string; brand: string; category: string; listPrice: number; unitPrice: number; quantity: number }[];
}

export const trackedOrder = ({ id, totals, lines }: ToldOrder): ShopOrder => ({
  id,
  currency: CURRENCY,
  total: totals.total,
  tax: totals.tax,
  shipping: totals.shipping,
  discount: totals.discount,
  itemCount: totals.itemCount,
  items: lines.map((line) => ({
    id: line.productId,
    name: line.name,
    brand: line.brand,
    category: line.category,
    price: line.unitPrice,
    quantity: line.quantity,
    currency: CURRENCY,
  })),
});
