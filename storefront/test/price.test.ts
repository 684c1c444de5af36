import { expect, test } from "vitest";
import { formatPrice, percentOff, totalsOf } from "../src/shop/price";

const line = (price: number, salePrice: number | null, quantity: number) => ({ product: { price, salePrice }, quantity });

test("a sale price is a discount, and all amounts add up", () => {
  const totals = totalsOf([line(28_990_000, 26_490_000, 2), line(690_000, null, 1)]);
  expect(totals).toEqual({ subtotal: 58_670_000, discount: 5_000_000, shipping: 0, tax: 4_879_091, total: 53_670_000, itemCount: 3 });
  expect(totals.subtotal - totals.discount + totals.shipping).toBe(totals.total);
});

test("delivery is free from five million on, by what is paid", () => {
  expect(totalsOf([line(4_999_999, null, 1)])).toMatchObject({ shipping: 30_000, total: 5_029_999 });
  expect(totalsOf([line(5_000_000, null, 1)]).shipping).toBe(0);
  expect(totalsOf([line(5_100_000, 4_900_000, 1)]).shipping).toBe(30_000);
});

test("an empty cart costs nothing", () => {
  expect(totalsOf([])).toEqual({ subtotal: 0, discount: 0, shipping: 0, tax: 0, total: 0, itemCount: 0 });
});

test("đồng have no decimals, in both languages", () => {
  expect(formatPrice(26_490_000, "vi").replace(/\s/g, " ")).toBe("26.490.000 ₫");
  expect(formatPrice(26_490_000, "en")).toBe("₫26,490,000");
});

test("per cent off are whole", () => {
  expect(percentOff({ price: 28_990_000, salePrice: 26_490_000 })).toBe(9);
  expect(percentOff({ price: 28_990_000, salePrice: null })).toBe(0);
});
