import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { releaseExpired } from "../../src/shop/checkout";
import type { Database } from "../../src/shop/database";
import { Declined, EmptyCart, Expired, NotFound, OutOfStock, PriceChanged } from "../../src/shop/errors";
import { cancelOrder, findOrder, payOrder, refundOrder } from "../../src/shop/orders";
import { testBank } from "../../src/shop/payment";
import { cartWith, checkoutOf, emptied, openShop, order, setStock, stockOf, URL } from "./shop";

const MOUSE = "lumen-glide"; // 690,000, below free delivery
const MOUSE_TOTAL = 720_000;
const CARD = { number: "4242424242424242", expiry: "12/99", code: "123" };

describe.skipIf(!URL)("checkout", () => {
  let shop: Database;
  beforeAll(async () => {
    shop = await openShop();
  });
  beforeEach(async () => {
    await emptied(shop);
    await setStock(shop, MOUSE, 5);
  });
  afterAll(() => shop.$disconnect());

  const buy = async (customer: string): Promise<string> => order(shop, checkoutOf(await cartWith(shop, { [MOUSE]: 1 }, customer), customer, MOUSE_TOTAL));

  test("forty buyers at once of five pieces: five orders, thirty-five told that it is sold out, none left, none below", async () => {
    const carts = await Promise.all(Array.from({ length: 40 }, (_, at) => cartWith(shop, { [MOUSE]: 1 }, `buyer-${at}`)));
    const outcomes = await Promise.allSettled(carts.map((cart, at) => order(shop, checkoutOf(cart, `buyer-${at}`, MOUSE_TOTAL))));
    const failed = outcomes.filter((each) => each.status === "rejected").map((each) => each.reason as unknown);
    expect(failed).toHaveLength(35);
    for (const error of failed) expect(error).toBeInstanceOf(OutOfStock);
    expect(await stockOf(shop, MOUSE)).toBe(0);
    expect(await shop.order.count()).toBe(5);
    expect(await shop.cartLine.count()).toBe(35); // who got nothing still has it in the cart
  });

  test("buyers of the same products in different order do not lock each other out", async () => {
    await setStock(shop, "kiln-dart", 30);
    await setStock(shop, MOUSE, 30);
    const total = 1_390_000 + 690_000 + 30_000;
    const carts = await Promise.all(
      Array.from({ length: 24 }, (_, at) => cartWith(shop, at % 2 ? { [MOUSE]: 1, "kiln-dart": 1 } : { "kiln-dart": 1, [MOUSE]: 1 }, `b-${at}`)),
    );
    await Promise.all(carts.map((cart, at) => order(shop, checkoutOf(cart, `b-${at}`, total))));
    expect([await stockOf(shop, MOUSE), await stockOf(shop, "kiln-dart")]).toEqual([6, 6]);
  });

  test("a form that is sent five times at once is one order", async () => {
    const checkout = checkoutOf(await cartWith(shop, { [MOUSE]: 2 }, "lan"), "lan", 1_410_000);
    const ids = await Promise.all(Array.from({ length: 5 }, () => order(shop, checkout)));
    expect(new Set(ids).size).toBe(1);
    expect(await stockOf(shop, MOUSE)).toBe(3);
  });

  test("where one product is short nothing is taken, and all that is short is named", async () => {
    await setStock(shop, "kiln-dart", 5);
    const cart = await cartWith(shop, { [MOUSE]: 3, "kiln-dart": 1 }, "lan");
    await setStock(shop, MOUSE, 2);
    const failure = await order(shop, checkoutOf(cart, "lan", 1)).catch((error: unknown) => error);
    expect((failure as OutOfStock).names).toEqual(["Glide"]);
    expect(await stockOf(shop, "kiln-dart")).toBe(5);
  });

  test("what the buyer did not see is not charged", async () => {
    const cart = await cartWith(shop, { [MOUSE]: 1 }, "lan");
    await expect(order(shop, checkoutOf(cart, "lan", MOUSE_TOTAL - 1))).rejects.toThrow(PriceChanged);
    expect(await stockOf(shop, MOUSE)).toBe(5);
  });

  test("an empty cart is no order", async () => {
    await expect(order(shop, checkoutOf(await cartWith(shop, {}, "lan"), "lan", 0))).rejects.toThrow(EmptyCart);
  });

  test("a declined card leaves the order awaiting payment, the next one pays it, once", async () => {
    const id = await buy("lan");
    await expect(payOrder(shop, id, "lan", { ...CARD, number: "4000000000000002" }, testBank)).rejects.toThrow(Declined);
    const charged: string[] = [];
    const bank = { charge: (order: string) => Promise.resolve(charged.push(order) > 0) };
    await Promise.all([1, 2, 3].map(() => payOrder(shop, id, "lan", CARD, bank)));
    expect(charged).toEqual([id]);
    expect((await findOrder(shop, id, "lan"))?.status).toBe("paid");
  });

  test("nobody sees, pays or returns another's order", async () => {
    const id = await buy("lan");
    expect(await findOrder(shop, id, "minh")).toBeNull();
    await expect(payOrder(shop, id, "minh", CARD, testBank)).rejects.toThrow(NotFound);
    await expect(refundOrder(shop, id, "minh")).rejects.toThrow(NotFound);
  });

  test("a refund gives the products back once, however often it is asked for", async () => {
    const id = await buy("lan");
    await payOrder(shop, id, "lan", CARD, testBank);
    const done = await Promise.all([1, 2, 3].map(() => refundOrder(shop, id, "lan")));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await stockOf(shop, MOUSE)).toBe(5);
  });

  test("an order that is not paid within 30 minutes gives its products back, once, and can no longer be paid", async () => {
    const id = await buy("lan");
    const later = new Date(Date.now() + 31 * 60_000);
    const released = await Promise.all([releaseExpired(shop, later), releaseExpired(shop, later)]);
    expect(released.reduce((sum, each) => sum + each)).toBe(1);
    expect(await stockOf(shop, MOUSE)).toBe(5);
    await expect(payOrder(shop, id, "lan", CARD, testBank)).rejects.toThrow(Expired);
  });

  test("a cancelled order gives its products back, and cannot be refunded", async () => {
    const id = await buy("lan");
    await cancelOrder(shop, id, "lan");
    expect(await stockOf(shop, MOUSE)).toBe(5);
    await expect(refundOrder(shop, id, "lan")).rejects.toThrow(Expired);
  });
});
