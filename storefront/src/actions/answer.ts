import "server-only";
import { ShopError } from "../shop/errors";

/** What an action tells the page: its value, or the code of a ShopError with the products' names. */
export type Answer<T> = { ok: true; value: T } | { ok: false; code: string; names: string[]; fields?: Record<string, string> };

export async function answer<T>(run: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (error instanceof ShopError) return { ok: false, code: error.code, names: error.names };
    console.error(JSON.stringify({ event: "storefront.action.failed", error: String(error) }));
    return { ok: false, code: "unknown", names: [] };
  }
}
