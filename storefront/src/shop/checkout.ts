import { randomInt } from "node:crypto";
import { lockCart } from "./cart";
import type { Database, Transaction } from "./database";
import { EmptyCart, NotFound, OutOfStock, PriceChanged } from "./errors";
import { totalsOf, unitPrice } from "./price";

export const RESERVED_MINUTES = 30;

export interface Delivery {
  recipient: string;
  phone: string;
  address: string;
  city: string;
}

export interface Checkout {
  /** Made with the checkout page: the same one again gives the same order. */
  checkoutId: string;
  cartId: string;
  customer: { id: string; email: string };
  delivery: Delivery;
  /** What the buyer saw. */
  expectedTotal: number;
}

/**
 * Turn a cart into an order that awaits payment, and take its products out of the stock: all of it, or nothing. Returns
 * the order's id.
 *
 * Throws OutOfStock, EmptyCart, PriceChanged, or NotFound for another customer's checkout.
 */
export async function placeOrder(database: Database, checkout: Checkout, now = new Date()): Promise<string> {
  await releaseExpired(database, now);
  return database.$transaction(async (transaction) => {
    // Before anything is read: the second of two presses waits here, and then finds the first one's order.
    await lockCart(transaction, checkout.cartId);
    const earlier = await transaction.order.findUnique({ where: { checkoutId: checkout.checkoutId } });
    if (earlier && earlier.customerId !== checkout.customer.id) throw new NotFound("checkout of this customer");
    if (earlier) return earlier.id;

    const lines = await transaction.cartLine.findMany({
      where: { cartId: checkout.cartId },
      include: { product: { include: { category: true } } },
      // All take their products in one order, so that no two wait for each other.
      orderBy: { productId: "asc" },
    });
    if (!lines.length) throw new EmptyCart();
    await takeStock(transaction, lines);
    const totals = totalsOf(lines);
    if (totals.total !== checkout.expectedTotal) throw new PriceChanged(checkout.expectedTotal, totals.total);
    const { itemCount: _, ...amounts } = totals;
    const { id } = await transaction.order.create({
      data: {
        id: orderId(now),
        checkoutId: checkout.checkoutId,
        customerId: checkout.customer.id,
        email: checkout.customer.email,
        placedAt: now,
        ...checkout.delivery,
        ...amounts,
        lines: {
          create: lines.map(({ product, quantity }) => ({
            productId: product.id,
            name: product.name,
            brand: product.brand,
            category: (product.category.name as { en: string }).en,
            listPrice: product.price,
            unitPrice: unitPrice(product),
            quantity,
          })),
        },
      },
    });
    await transaction.cartLine.deleteMany({ where: { cartId: checkout.cartId } });
    return id;
  });
}

interface Wanted {
  productId: string;
  quantity: number;
  product: { name: string };
}

async function takeStock(transaction: Transaction, lines: readonly Wanted[]): Promise<void> {
  const short: string[] = [];
  for (const { productId, quantity, product } of lines) {
    const { count } = await transaction.product.updateMany({
      where: { id: productId, stock: { gte: quantity } },
      data: { stock: { decrement: quantity } },
    });
    if (!count) short.push(product.name);
  }
  if (short.length) throw new OutOfStock(short);
}

/** Put an order's products back. Call it once, in the transaction that ends the order. */
export async function giveBack(transaction: Transaction, orderId: string): Promise<void> {
  const lines = await transaction.orderLine.findMany({ where: { orderId }, orderBy: { productId: "asc" } });
  for (const { productId, quantity } of lines)
    await transaction.product.update({ where: { id: productId }, data: { stock: { increment: quantity } } });
}

/** Cancel the orders that were not paid in time; how many. */
export async function releaseExpired(database: Database, now = new Date()): Promise<number> {
  const before = new Date(now.getTime() - RESERVED_MINUTES * 60_000);
  const late = await database.order.findMany({ where: { status: "awaiting_payment", placedAt: { lt: before } }, select: { id: true } });
  let released = 0;
  for (const { id } of late)
    await database.$transaction(async (transaction) => {
      const { count } = await transaction.order.updateMany({ where: { id, status: "awaiting_payment" }, data: { status: "cancelled" } });
      if (!count) return; // paid or cancelled by now
      await giveBack(transaction, id);
      released += 1;
    });
  return released;
}

// Without letters and digits that are mistaken for each other on the telephone.
const SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Such as CS-261123-7KQ2MD. */
function orderId(now: Date): string {
  const tail = Array.from({ length: 6 }, () => SIGNS[randomInt(SIGNS.length)]).join("");
  return `CS-${now.toISOString().slice(2, 10).replaceAll("-", "")}-${tail}`;
}
