import type { Order as OrderRow, OrderLine, OrderStatus } from "../generated/prisma/client";
import { giveBack, releaseExpired } from "./checkout";
import type { Database, Transaction } from "./database";
import { Declined, Expired, NotFound } from "./errors";
import type { Bank, Card } from "./payment";
import type { Totals } from "./price";

export interface Order {
  id: string;
  status: OrderStatus;
  recipient: string;
  phone: string;
  address: string;
  city: string;
  totals: Totals;
  placedAt: Date;
  lines: OrderLine[];
}

const asOrder = (row: OrderRow & { lines: OrderLine[] }): Order => ({
  id: row.id,
  status: row.status,
  recipient: row.recipient,
  phone: row.phone,
  address: row.address,
  city: row.city,
  placedAt: row.placedAt,
  lines: row.lines,
  totals: {
    subtotal: Number(row.subtotal),
    discount: Number(row.discount),
    shipping: Number(row.shipping),
    tax: Number(row.tax),
    total: Number(row.total),
    itemCount: row.lines.reduce((sum, { quantity }) => sum + quantity, 0),
  },
});

/** The customer's orders, the newest first. */
export async function listOrders(database: Database, customerId: string): Promise<Order[]> {
  await releaseExpired(database);
  const rows = await database.order.findMany({ where: { customerId }, include: { lines: true }, orderBy: { placedAt: "desc" } });
  return rows.map(asOrder);
}

export async function findOrder(database: Database, id: string, customerId: string): Promise<Order | null> {
  await releaseExpired(database);
  const row = await database.order.findFirst({ where: { id, customerId }, include: { lines: true } });
  return row && asOrder(row);
}

/** Pay an order that awaits it; one that is paid already stays so. Throws Declined, Expired, NotFound. */
export async function payOrder(database: Database, id: string, customerId: string, card: Card, bank: Bank): Promise<void> {
  await releaseExpired(database);
  await database.$transaction(async (transaction) => {
    const order = await lockOrder(transaction, id, customerId);
    if (order.status === "paid") return;
    if (order.status !== "awaiting_payment") throw new Expired(id);
    if (!(await bank.charge(id, Number(order.total), card))) throw new Declined();
    await transaction.order.update({ where: { id }, data: { status: "paid", paidAt: new Date() } });
  });
}

/** Give up an order that was not paid. */
export async function cancelOrder(database: Database, id: string, customerId: string): Promise<void> {
  await end(database, id, customerId, "awaiting_payment", "cancelled");
}

/** Take back a paid order; whether it was this call that did. */
export const refundOrder = (database: Database, id: string, customerId: string): Promise<boolean> =>
  end(database, id, customerId, "paid", "refunded");

async function end(database: Database, id: string, customerId: string, from: OrderStatus, to: OrderStatus): Promise<boolean> {
  return database.$transaction(async (transaction) => {
    const order = await lockOrder(transaction, id, customerId);
    if (order.status === to) return false;
    if (order.status !== from) throw new Expired(id);
    await transaction.order.update({ where: { id }, data: { status: to } });
    await giveBack(transaction, id);
    return true;
  });
}

async function lockOrder(transaction: Transaction, id: string, customerId: string): Promise<OrderRow> {
  await transaction.$queryRaw`SELECT 1 FROM "order" WHERE "id" = ${id} FOR UPDATE`;
  const order = await transaction.order.findFirst({ where: { id, customerId } });
  if (!order) throw new NotFound(`order ${id} of this customer`);
  return order;
}
