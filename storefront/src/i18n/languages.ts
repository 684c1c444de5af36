import { en } from "./en";
import { vi } from "./vi";

export const LANGUAGES = ["vi", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Messages = { readonly [K in keyof typeof en]: string };
/** A text of the catalogue. */
export type Localized = Record<Language, string>;

const MESSAGES: Record<Language, Messages> = { vi, en };

export const isLanguage = (text: string): text is Language => (LANGUAGES as readonly string[]).includes(text);

export const messagesOf = (language: Language): Messages => MESSAGES[language];

/** A message with its `{name}` places filled. */
export const fill = (message: string, values: Record<string, string | number>): string =>
  message.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));

/** A day by Vietnam's clock. */
export const formatDay = (moment: Date, language: Language): string =>
  moment.toLocaleDateString(language === "vi" ? "vi-VN" : "en-GB", { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "long" });

/** The first of the visitor's languages that the shop speaks; Vietnamese where it speaks none. */
export function preferred(acceptLanguage: string | null): Language {
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...more] = part.trim().split(";");
      const weight = more.find((each) => each.trim().startsWith("q="))?.split("=")[1];
      return { language: tag.split("-")[0]!.toLowerCase(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ language, weight }) => isLanguage(language) && weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return (wanted[0]?.language as Language | undefined) ?? "vi";
}
