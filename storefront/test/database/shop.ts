/** A shop with its catalogue in the database of SHOP_TEST_DATABASE_URL, which the tests may fill and empty. */
import { randomUUID } from "node:crypto";
import { migrate } from "../../scripts/migrate.mjs";
import { seed } from "../../scripts/seed.mjs";
import { addToCart, openCart } from "../../src/shop/cart";
import { placeOrder, type Checkout } from "../../src/shop/checkout";
import { openDatabase, type Database } from "../../src/shop/database";

export const URL = process.env.SHOP_TEST_DATABASE_URL;

export async function openShop(): Promise<Database> {
  await migrate(URL!);
  await seed(URL!);
  return openDatabase(URL!, 20);
}

export async function emptied(database: Database): Promise<void> {
  await database.order.deleteMany();
  await database.cart.deleteMany();
}

export const setStock = (database: Database, id: string, stock: number): Promise<unknown> =>
  database.product.update({ where: { id }, data: { stock } });

export const stockOf = async (database: Database, id: string): Promise<number> =>
  (await database.product.findUniqueOrThrow({ where: { id } })).stock;

export async function cartWith(database: Database, items: Record<string, number>, customerId?: string): Promise<string> {
  const cartId = await openCart(database, { cartId: undefined, customerId }, randomUUID());
  for (const [id, quantity] of Object.entries(items)) await addToCart(database, cartId, id, quantity);
  return cartId;
}

export const checkoutOf = (cartId: string, customerId: string, expectedTotal: number): Checkout => ({
  checkoutId: randomUUID(),
  cartId,
  customer: { id: customerId, email: `${customerId}@example.com` },
  delivery: { recipient: "Lan", phone: "0912345678", address: "1 Lê Lợi", city: "Huế" },
  expectedTotal,
});

export const order = placeOrder;
