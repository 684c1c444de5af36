import "server-only";
import { cookies } from "next/headers";
import { currentCustomer } from "../login/customer";
import { openCart, type Owner } from "../shop/cart";
import { database } from "../shop/open";

const COOKIE = "shop_cart";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const YEAR_SECONDS = 31_536_000;

/** Whose cart this request is about. */
export async function owner(): Promise<Owner> {
  const id = (await cookies()).get(COOKIE)?.value;
  return { cartId: id && UUID.test(id) ? id : undefined, customerId: (await currentCustomer())?.id };
}

/** The visitor's cart, made and remembered where there is none; for server actions alone, which may set cookies. */
export async function ownCart(): Promise<string> {
  const cartId = await openCart(database(), await owner(), crypto.randomUUID());
  await rememberCart(cartId);
  return cartId;
}

export async function rememberCart(cartId: string): Promise<void> {
  (await cookies()).set(COOKIE, cartId, { httpOnly: true, sameSite: "lax", path: "/", maxAge: YEAR_SECONDS });
}

export async function forgetCart(): Promise<void> {
  (await cookies()).delete(COOKIE);
}
