"use server";
import { revalidatePath } from "next/cache";
import { requireCustomer } from "../login/customer";
import { addToCart, adoptCart, setQuantity, toggleWish } from "../shop/cart";
import { NotFound } from "../shop/errors";
import { database } from "../shop/open";
import { answer, type Answer } from "./answer";
import { forgetCart, owner, ownCart, rememberCart } from "./visitor";

// Anybody can call an action with anything.
const quantityOf = (given: unknown): number => {
  if (!Number.isInteger(given) || (given as number) < 0 || (given as number) > 1000) throw new NotFound("such quantity");
  return given as number;
};

const changed = async <T>(run: () => Promise<T>): Promise<Answer<T>> =>
  answer(async () => {
    const value = await run();
    revalidatePath("/", "layout");
    return value;
  });

export const add = async (productId: string, quantity: number): Promise<Answer<number>> =>
  changed(async () => addToCart(database(), await ownCart(), String(productId), quantityOf(quantity)));

export const change = async (productId: string, quantity: number): Promise<Answer<number>> =>
  changed(async () => setQuantity(database(), await ownCart(), String(productId), quantityOf(quantity)));

export const wish = async (productId: string): Promise<Answer<boolean>> =>
  changed(async () => toggleWish(database(), await ownCart(), String(productId)));

/** After signing in: the browser's cart becomes the customer's. */
export const adopt = async (): Promise<Answer<void>> =>
  changed(async () => {
    const { id } = await requireCustomer();
    const { cartId } = await owner();
    if (cartId) await rememberCart(await adoptCart(database(), cartId, id));
  });

/** After signing out: the cart stays with the customer. */
export const part = async (): Promise<Answer<void>> => changed(forgetCart);
