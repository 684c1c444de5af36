import { searchable } from "../../scripts/search-text.mjs";
import type { Localized } from "../i18n/languages";
import type { Category as CategoryRow, Product as ProductRow } from "../generated/prisma/client";
import type { Database } from "./database";
import { unitPrice } from "./price";

export interface Category {
  id: string;
  name: Localized;
  summary: Localized;
  count: number;
}

export interface Product {
  id: string;
  brand: string;
  name: string;
  price: number;
  salePrice: number | null;
  stock: number;
  category: { id: string; name: Localized };
  summary: Localized;
  description: Localized;
  specs: Record<string, Localized>;
}

export const SORTS = ["popular", "cheap", "dear", "name"] as const;
export type Sort = (typeof SORTS)[number];

const WITH_CATEGORY = { category: true } as const;
const IN_ORDER = [{ category: { position: "asc" } }, { position: "asc" }] as const;

// Written by the seed, whose test holds their shape.
export const asProduct = (row: ProductRow & { category: CategoryRow }): Product => ({
  id: row.id,
  brand: row.brand,
  name: row.name,
  price: row.price,
  salePrice: row.salePrice,
  stock: row.stock,
  category: { id: row.category.id, name: row.category.name as Localized },
  summary: row.summary as Localized,
  description: row.description as Localized,
  specs: row.specs as Record<string, Localized>,
});

export async function listCategories(database: Database): Promise<Category[]> {
  const rows = await database.category.findMany({
    orderBy: { position: "asc" },
    include: { _count: { select: { products: true } } },
  });
  return rows.map((row) => ({
    id: row.id,
    name: row.name as Localized,
    summary: row.summary as Localized,
    count: row._count.products,
  }));
}

export async function listProducts(database: Database, categoryId: string): Promise<Product[]> {
  const rows = await database.product.findMany({
    where: { categoryId },
    orderBy: { position: "asc" },
    include: WITH_CATEGORY,
  });
  return rows.map(asProduct);
}

export async function findProduct(database: Database, id: string): Promise<Product | null> {
  const row = await database.product.findUnique({ where: { id }, include: WITH_CATEGORY });
  return row && asProduct(row);
}

export async function listFeatured(database: Database): Promise<Product[]> {
  const rows = await database.product.findMany({
    where: { featured: true },
    orderBy: [...IN_ORDER],
    include: WITH_CATEGORY,
  });
  return rows.map(asProduct);
}

export async function listReduced(database: Database, most: number): Promise<Product[]> {
  const rows = await database.product.findMany({
    where: { salePrice: { not: null }, stock: { gt: 0 } },
    orderBy: [...IN_ORDER],
    include: WITH_CATEGORY,
  });
  return rows
    .map(asProduct)
    .sort((one, other) => unitPrice(one) / one.price - unitPrice(other) / other.price)
    .slice(0, most);
}

/** Featured products of the other categories. */
export async function listRelated(database: Database, product: Product, most: number): Promise<Product[]> {
  const featured = await listFeatured(database);
  return featured.filter((each) => each.category.id !== product.category.id && each.stock > 0).slice(-most);
}

/** Products that have every word of the query, with or without accents; those with it in their name come first. */
export async function searchProducts(database: Database, query: string): Promise<Product[]> {
  const words = searchable(query).split(" ").filter(Boolean).slice(0, 8);
  if (!words.length) return [];
  const rows = await database.product.findMany({
    where: { AND: words.map((word) => ({ searchText: { contains: word } })) },
    orderBy: [...IN_ORDER],
    include: WITH_CATEGORY,
  });
  const named = (product: Product): number => {
    const name = searchable(`${product.brand} ${product.name}`);
    return words.filter((word) => name.includes(word)).length;
  };
  return rows.map(asProduct).sort((one, other) => named(other) - named(one));
}

export function sorted(products: readonly Product[], by: Sort): Product[] {
  if (by === "popular") return [...products];
  if (by === "name") return products.toSorted((one, other) => one.name.localeCompare(other.name));
  const sign = by === "cheap" ? 1 : -1;
  return products.toSorted((one, other) => sign * (unitPrice(one) - unitPrice(other)));
}
