import "server-only";
import { notFound } from "next/navigation";
import { owner } from "@/actions/visitor";
import { isLanguage, type Language } from "@/i18n/languages";
import { readWishes } from "@/shop/cart";
import { database } from "@/shop/open";

/** The language of the address. */
export async function languageOf(params: Promise<{ lang: string }>): Promise<Language> {
  const { lang } = await params;
  return isLanguage(lang) ? lang : notFound();
}

/** Ids of what is on the visitor's wish list. */
export const wishedIds = async (): Promise<Set<string>> =>
  new Set((await readWishes(database(), await owner())).map(({ id }) => id));

export type Query = Promise<Record<string, string | string[] | undefined>>;

/** A parameter of the address; the first where it is given twice. */
export const first = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? "";

/** A path of this shop to go on to; the home page where it is somebody else's. */
export const within = (path: string, language: Language): string =>
  /^\/(vi|en)(\/[\w/-]*)?(\?[\w=&-]*)?$/.test(path) ? path : `/${language}`;
