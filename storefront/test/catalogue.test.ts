import { expect, test } from "vitest";
import { readCatalogue } from "../scripts/catalogue.mjs";
import { picture } from "../scripts/draw-pictures.mjs";
import { searchable } from "../scripts/search-text.mjs";
import { en } from "../src/i18n/en";

const catalogue = await readCatalogue();
const products = catalogue.flatMap((category) => category.products);

test("the shop has at least forty products, each once", () => {
  expect(products.length).toBeGreaterThanOrEqual(40);
  expect(new Set(products.map(({ id }) => id)).size).toBe(products.length);
  for (const { id } of products) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});

test("every text is there in both languages, and every specification has a name", () => {
  for (const { id, summary, description, specs } of products) {
    for (const text of [summary, description, ...Object.values(specs)]) {
      expect(text.en, id).toBeTruthy();
      expect(text.vi, id).toBeTruthy();
    }
    for (const name of Object.keys(specs)) expect(en, id).toHaveProperty(`spec_${name}`);
  }
});

test("a sale price is lower than the price, and stock is a whole number", () => {
  for (const { id, price, salePrice, stock } of products) {
    expect(Number.isInteger(price) && price > 0, id).toBe(true);
    if (salePrice !== undefined) expect(salePrice, id).toBeLessThan(price);
    expect(Number.isInteger(stock) && stock >= 0, id).toBe(true);
  }
});

test("a picture is always the same, and another product's is another one", () => {
  const [first, second] = products;
  expect(picture(first!)).toBe(picture(first!));
  expect(picture(first!)).not.toBe(picture(second!));
  expect(picture(first!)).not.toMatch(/NaN|undefined/);
});

test("an unknown shape is named", () => {
  expect(() => picture({ id: "x", picture: { shape: "sofa", colour: "#123456" } })).toThrow(/no shape "sofa"/);
});

test("search text has no accents", () => {
  expect(searchable("Màn hình ĐẸP, 27″ 4K!")).toBe("man hinh dep 27 4k");
});
