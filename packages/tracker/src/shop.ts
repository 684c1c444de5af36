/** A shop's own events, each with what the warehouse expects of it. */
import type { Event, Item, Order, Product, Search } from "./wire.js";

type Filled = "eventName" | "eventId" | "eventTimestamp" | "clientId" | "sessionId" | "sequence" | "isFirstVisit";

/** Fields of an event beside those that the tracker fills in. */
export type Fields = { [K in keyof Event as K extends Filled ? never : K]?: Event[K] | undefined };

/** A product, or its id at least. */
export type ShopProduct = Product & { id: string | number };
/** A line of a cart or an order; `price` is that of one. */
export type ShopItem = Item & { id: string | number };
/** A cart as it is checked out. */
export interface Cart {
  id?: string | number;
  total?: number | string;
  items: ShopItem[];
}
/** An order with its lines. `total` is what the buyer pays. */
export type ShopOrder = Order & { id: string | number; total: number | string; currency: string; items?: ShopItem[] };

export interface Shop {
  homeView(): void;
  categoryView(category: string): void;
  productView(product: ShopProduct): void;
  search(query: string, results?: number): void;
  addToCart(product: ShopProduct, quantity?: number): void;
  removeFromCart(product: ShopProduct, quantity?: number): void;
  /** `on`: whether it is on the list now. */
  wishlistToggle(product: ShopProduct, on?: boolean): void;
  /** `channel`: by what it is shared, such as "facebook". */
  shareClick(product?: ShopProduct, channel?: string): void;
  loginOpen(): void;
  checkoutStart(cart: Cart): void;
  /** A placed order. Repeats of one order id (a reload of the thank-you page) count once. */
  purchase(order: ShopOrder): void;
  /** `order.total` is what is paid back. */
  refund(order: ShopOrder): void;
}

export function shop(track: (name: string, fields?: Fields) => void): Shop {
  const ofProduct =
    (name: string) =>
    (product: ShopProduct, quantity = 1): void =>
      track(name, { product, items: [{ ...product, quantity }] });
  const ofOrder =
    (name: string) =>
    ({ items, ...order }: ShopOrder): void =>
      track(name, items ? { order, items } : { order });
  return {
    homeView: () => track("home_view"),
    categoryView: (category) => track("category_view", { properties: { category } }),
    productView: (product) => track("product_view", { product }),
    search: (query, results) => track("search", { search: { query, results } as Search }),
    addToCart: ofProduct("add_to_cart_click"),
    removeFromCart: ofProduct("remove_from_cart_click"),
    wishlistToggle: (product, on) => track("wishlist_toggle", { product, properties: { on } }),
    shareClick: (product, channel) => track("share_click", { product, properties: { channel } }),
    loginOpen: () => track("login_open"),
    checkoutStart: ({ id, total, items }) =>
      track("checkout_start", {
        items,
        element: {
          dataset: { cartId: id, total, itemCount: items.reduce((sum, { quantity }) => sum + Number(quantity ?? 1), 0) },
        },
      }),
    purchase: ofOrder("checkout_complete"),
    refund: ofOrder("refund"),
  };
}
