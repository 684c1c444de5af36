import { expect, test } from "vitest";
import { testBank, wrongFields } from "../src/shop/payment";

const GOOD = { number: "4242 4242 4242 4242", expiry: "12/29", code: "123" };
const NOW = new Date("2026-11-23T00:00:00Z");

test("fields that cannot be right are named", () => {
  expect(wrongFields(GOOD, NOW)).toEqual([]);
  expect(wrongFields({ number: "4242 4242 4242 4241", expiry: "13/29", code: "12" }, NOW)).toEqual(["number", "expiry", "code"]);
});

test("a card is good until its month has ended", () => {
  expect(wrongFields({ ...GOOD, expiry: "11/26" }, NOW)).toEqual([]);
  expect(wrongFields({ ...GOOD, expiry: "10/26" }, NOW)).toEqual(["expiry"]);
});

test("the test bank declines one card", async () => {
  expect(await testBank.charge("1", 1, GOOD)).toBe(true);
  expect(await testBank.charge("1", 1, { ...GOOD, number: "4000 0000 0000 0002" })).toBe(false);
});
