export { createTracker, type Tracker } from "./tracker.js";
export type { Options } from "./options.js";
export type { Report } from "./sender.js";
export type { Cart, Fields, Shop, ShopItem, ShopOrder, ShopProduct } from "./shop.js";
export type { Identity } from "./visitor.js";
export type * from "./wire.js";
