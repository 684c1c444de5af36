import { expect, it } from "vitest";
import { shop, type Fields } from "../src/shop.js";

const laptop = { id: "laptop-14", name: "Aurora 14", category: "Laptops", price: 1299 };

/** What a helper sends. */
function sent(use: (helpers: ReturnType<typeof shop>) => void): unknown {
  const events: [string, (Fields | undefined)?][] = [];
  use(shop((...event) => void events.push(event)));
  expect(events).toHaveLength(1);
  return JSON.parse(JSON.stringify(events[0]));
}

it.each([
  ["home_view", (s) => s.homeView(), undefined],
  ["category_view", (s) => s.categoryView("Laptops"), { properties: { category: "Laptops" } }],
  ["product_view", (s) => s.productView(laptop), { product: laptop }],
  ["search", (s) => s.search("gaming", 12), { search: { query: "gaming", results: 12 } }],
  ["search", (s) => s.search("gaming"), { search: { query: "gaming" } }],
  ["add_to_cart_click", (s) => s.addToCart(laptop, 2), { product: laptop, items: [{ ...laptop, quantity: 2 }] }],
  ["add_to_cart_click", (s) => s.addToCart(laptop), { product: laptop, items: [{ ...laptop, quantity: 1 }] }],
  ["remove_from_cart_click", (s) => s.removeFromCart(laptop), { product: laptop, items: [{ ...laptop, quantity: 1 }] }],
  ["wishlist_toggle", (s) => s.wishlistToggle(laptop, true), { product: laptop, properties: { on: true } }],
  ["share_click", (s) => s.shareClick(laptop, "zalo"), { product: laptop, properties: { channel: "zalo" } }],
  ["login_open", (s) => s.loginOpen(), undefined],
  [
    "checkout_start",
    (s) => s.checkoutStart({ id: "c-1", total: 3897, items: [{ ...laptop, quantity: 2 }, { ...laptop, id: "mouse" }] }),
    {
      items: [{ ...laptop, quantity: 2 }, { ...laptop, id: "mouse" }],
      element: { dataset: { cartId: "c-1", total: 3897, itemCount: 3 } },
    },
  ],
  [
    "checkout_complete",
    (s) => s.purchase({ id: "o-1", total: 1299, currency: "VND", items: [laptop] }),
    { order: { id: "o-1", total: 1299, currency: "VND" }, items: [laptop] },
  ],
  ["refund", (s) => s.refund({ id: "o-1", total: 1299, currency: "VND" }), { order: { id: "o-1", total: 1299, currency: "VND" } }],
] satisfies [string, (helpers: ReturnType<typeof shop>) => void, unknown][])("%s carries what the contract names", (name, use, fields) => {
  expect(sent(use)).toEqual(fields ? [name, fields] : [name]);
});
