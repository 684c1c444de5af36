import { expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { vi } from "../src/i18n/vi";
import { fill, preferred } from "../src/i18n/languages";

const places = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same messages with the same places, and none is empty", () => {
  expect(Object.keys(vi).sort()).toEqual(Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect(places(vi[key]), key).toEqual(places(en[key]));
    expect(vi[key].trim(), key).not.toBe("");
  }
});

test("a place without a value stays visible", () => {
  expect(fill("{count} of {all}", { count: 3 })).toBe("3 of {all}");
});

test.each([
  [null, "vi"],
  ["", "vi"],
  ["fr-FR,fr;q=0.9", "vi"],
  ["en-US,en;q=0.9", "en"],
  ["fr, vi-VN;q=0.5, en;q=0.8", "en"],
  ["en;q=0, vi;q=0.1", "vi"],
])("of %s the shop speaks %s", (header, language) => {
  expect(preferred(header)).toBe(language);
});
