import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addToCart, adoptCart, findCart, readCart, readWishes, setQuantity, toggleWish } from "../../src/shop/cart";
import { listCategories, searchProducts } from "../../src/shop/catalogue";
import type { Database } from "../../src/shop/database";
import { NotFound } from "../../src/shop/errors";
import { cartWith, emptied, openShop, setStock, URL } from "./shop";

const MOUSE = "lumen-glide";

describe.skipIf(!URL)("cart and catalogue", () => {
  let shop: Database;
  beforeAll(async () => {
    shop = await openShop();
  });
  beforeEach(async () => {
    await emptied(shop);
    await setStock(shop, MOUSE, 8);
  });
  afterAll(() => shop.$disconnect());
  const inCart = async (cartId: string) => Object.fromEntries((await readCart(shop, { cartId, customerId: undefined })).map((line) => [line.product.id, line.quantity]));

  test("presses at once are all counted, up to what is in stock", async () => {
    const cart = await cartWith(shop, {});
    await Promise.all([1, 2, 3].map(() => addToCart(shop, cart, MOUSE, 2)));
    expect(await inCart(cart)).toEqual({ [MOUSE]: 6 });
    expect(await addToCart(shop, cart, MOUSE, 9)).toBe(8);
    expect(await setQuantity(shop, cart, MOUSE, 0)).toBe(0);
    expect(await inCart(cart)).toEqual({});
  });

  test("what is not sold here is not put into a cart", async () => {
    await expect(addToCart(shop, await cartWith(shop, {}), "sofa", 1)).rejects.toThrow(NotFound);
  });

  test("a wish is there, and gone again", async () => {
    const cart = await cartWith(shop, {});
    expect(await toggleWish(shop, cart, MOUSE)).toBe(true);
    expect((await readWishes(shop, { cartId: cart, customerId: undefined })).map(({ id }) => id)).toEqual([MOUSE]);
    expect(await toggleWish(shop, cart, MOUSE)).toBe(false);
  });

  test("who signs in takes the browser's cart along, into an earlier one where there is one", async () => {
    const browser = await cartWith(shop, { [MOUSE]: 3, "tessera-lift": 1 });
    expect(await adoptCart(shop, browser, "lan")).toBe(browser);
    const second = await cartWith(shop, { [MOUSE]: 2, "lumen-hub-7": 1 });
    expect(await adoptCart(shop, second, "lan")).toBe(browser);
    expect(await inCart(browser).catch(() => ({}))).toEqual({});
    const own = await readCart(shop, { cartId: undefined, customerId: "lan" });
    expect(Object.fromEntries(own.map((line) => [line.product.id, line.quantity]))).toEqual({ [MOUSE]: 3, "tessera-lift": 1, "lumen-hub-7": 1 });
  });

  test("another customer at the same browser does not get the cart", async () => {
    const lans = await cartWith(shop, { [MOUSE]: 1 }, "lan");
    expect(await findCart(shop, { cartId: lans, customerId: "minh" })).toBeUndefined();
    expect(await findCart(shop, { cartId: lans, customerId: undefined })).toBeUndefined();
    expect(await adoptCart(shop, lans, "minh")).toBe(lans);
    expect(await findCart(shop, { cartId: lans, customerId: "lan" })).toBe(lans);
    expect(await findCart(shop, { cartId: randomUUID(), customerId: "minh" })).toBeUndefined();
  });

  test("search finds with and without accents, in both languages, names first", async () => {
    const ids = async (query: string) => (await searchProducts(shop, query)).map(({ id }) => id);
    expect(await ids("man hinh 4k")).toEqual(await ids("Màn hình 4K"));
    expect((await ids("aurora"))[0]).toBe("aurora-14");
    expect(await ids("bàn phím cơ")).toContain("kiln-keys-tkl");
    expect(await ids("%")).toEqual([]);
    expect(await ids("sofa")).toEqual([]);
  });

  test("seeding again changes no stock", async () => {
    const again = await openShop();
    await again.$disconnect();
    expect((await shop.product.findUniqueOrThrow({ where: { id: MOUSE } })).stock).toBe(8);
    expect((await listCategories(shop)).map(({ id, count }) => [id, count])).toEqual([["laptops", 18], ["monitors", 12], ["accessories", 18]]);
  });
});
