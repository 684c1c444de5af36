import "server-only";
import { cookies } from "next/headers";
import { cache } from "react";
import { SignedOut } from "../shop/errors";
import { getSettings } from "../settings";
import { tokenIn, verifier, type Customer } from "./tokens";

export type { Customer };

let verify: ReturnType<typeof verifier> | undefined;

/** Who is signed in, by the token that Amplify keeps in cookies; its signature is verified. */
export const currentCustomer = cache(async (): Promise<Customer | undefined> => {
  const settings = getSettings();
  const jar = await cookies();
  const token = tokenIn(
    new Map(jar.getAll().map(({ name, value }) => [name, value])),
    settings.userPoolClientId,
  );
  return token ? (verify ??= verifier(settings))(token) : undefined;
});

/** Throws SignedOut. */
export async function requireCustomer(): Promise<Customer> {
  const customer = await currentCustomer();
  if (!customer) throw new SignedOut();
  return customer;
}
