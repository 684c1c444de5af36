import { asProduct, type Product } from "./catalogue";
import type { Database, Transaction } from "./database";
import { NotFound } from "./errors";

export const MOST_OF_ONE = 10;

export interface CartLine {
  product: Product;
  quantity: number;
}

/** Whose cart: of a browser (a random id in a cookie), of a customer (the Cognito sub), or of nobody yet. */
export interface Owner {
  cartId: string | undefined;
  customerId: string | undefined;
}

const LINES = { orderBy: { addedAt: "asc" }, include: { product: { include: { category: true } } } } as const;

/** Id of the owner's cart, where there is one. A customer's own goes before the browser's. */
export async function findCart(database: Database | Transaction, owner: Owner): Promise<string | undefined> {
  if (owner.customerId) {
    const own = await database.cart.findUnique({ where: { customerId: owner.customerId } });
    if (own) return own.id;
  }
  if (!owner.cartId) return undefined;
  const cart = await database.cart.findUnique({ where: { id: owner.cartId } });
  // Another customer's: somebody signed out, and somebody else came to this browser.
  return cart && (cart.customerId === null || cart.customerId === owner.customerId) ? cart.id : undefined;
}

export async function readCart(database: Database, owner: Owner): Promise<CartLine[]> {
  const id = await findCart(database, owner);
  if (!id) return [];
  const rows = await database.cartLine.findMany({ where: { cartId: id }, ...LINES });
  return rows.map(({ product, quantity }) => ({ product: asProduct(product), quantity }));
}

export async function readWishes(database: Database, owner: Owner): Promise<Product[]> {
  const id = await findCart(database, owner);
  if (!id) return [];
  const rows = await database.wish.findMany({ where: { cartId: id }, ...LINES });
  return rows.map(({ product }) => asProduct(product));
}

/** The owner's cart, made now where there is none; `newId` is then its id. */
export async function openCart(database: Database, owner: Owner, newId: string): Promise<string> {
  const found = await findCart(database, owner);
  if (found) return found;
  const { customerId } = owner;
  const made = customerId
    ? await database.cart.upsert({ where: { customerId }, create: { id: newId, customerId }, update: {} })
    : await database.cart.create({ data: { id: newId } });
  return made.id;
}

/** Put a quantity more into the cart, up to ten of one product and to what is in stock; the quantity that is in it now. */
export async function addToCart(database: Database, cartId: string, productId: string, quantity: number): Promise<number> {
  return database.$transaction(async (transaction) => {
    await lockCart(transaction, cartId);
    const line = await transaction.cartLine.findUnique({ where: { cartId_productId: { cartId, productId } } });
    return put(transaction, cartId, productId, (line?.quantity ?? 0) + quantity);
  });
}

/** Set the quantity of a product; 0 takes it out. The quantity that is in it now. */
export async function setQuantity(database: Database, cartId: string, productId: string, quantity: number): Promise<number> {
  return database.$transaction(async (transaction) => {
    await lockCart(transaction, cartId);
    return put(transaction, cartId, productId, quantity);
  });
}

async function put(transaction: Transaction, cartId: string, productId: string, wanted: number): Promise<number> {
  const product = await transaction.product.findUnique({ where: { id: productId } });
  if (!product) throw new NotFound(`product ${productId}`);
  const quantity = Math.min(wanted, MOST_OF_ONE, product.stock);
  const cartId_productId = { cartId, productId };
  if (quantity <= 0) await transaction.cartLine.deleteMany({ where: cartId_productId });
  else
    await transaction.cartLine.upsert({
      where: { cartId_productId },
      create: { cartId, productId, quantity },
      update: { quantity },
    });
  return Math.max(quantity, 0);
}

/** Whether the product is on the wish list now. */
export async function toggleWish(database: Database, cartId: string, productId: string): Promise<boolean> {
  return database.$transaction(async (transaction) => {
    await lockCart(transaction, cartId);
    const { count } = await transaction.wish.deleteMany({ where: { cartId, productId } });
    if (count) return false;
    if (!(await transaction.product.findUnique({ where: { id: productId } }))) throw new NotFound(`product ${productId}`);
    await transaction.wish.create({ data: { cartId, productId } });
    return true;
  });
}

/** What the browser collected becomes the customer's, who has just signed in; their earlier cart keeps its own. */
export async function adoptCart(database: Database, cartId: string, customerId: string): Promise<string> {
  return database.$transaction(async (transaction) => {
    await lockCart(transaction, cartId);
    const browsers = await transaction.cart.findUnique({ where: { id: cartId }, include: { lines: true, wishes: true } });
    const own = await transaction.cart.findUnique({ where: { customerId } });
    if (!browsers || (browsers.customerId !== null && browsers.customerId !== customerId)) return own?.id ?? cartId;
    if (!own) {
      await transaction.cart.update({ where: { id: cartId }, data: { customerId } });
      return cartId;
    }
    if (own.id === cartId) return cartId;
    await lockCart(transaction, own.id);
    for (const { productId, quantity } of browsers.lines) {
      const line = await transaction.cartLine.findUnique({ where: { cartId_productId: { cartId: own.id, productId } } });
      await put(transaction, own.id, productId, Math.max(quantity, line?.quantity ?? 0));
    }
    await transaction.wish.createMany({
      data: browsers.wishes.map(({ productId, addedAt }) => ({ cartId: own.id, productId, addedAt })),
      skipDuplicates: true,
    });
    await transaction.cart.delete({ where: { id: cartId } });
    return own.id;
  });
}

/** Two tabs of one visitor wait for each other here. */
export async function lockCart(transaction: Transaction, cartId: string): Promise<void> {
  await transaction.$queryRaw`SELECT 1 FROM "cart" WHERE "id" = ${cartId}::uuid FOR UPDATE`;
}
