import { expect, test } from "vitest";
import pg from "pg";
import { connection } from "../../scripts/connection.mjs";
import { URL as DATABASE_URL } from "./shop";

const url = DATABASE_URL ?? "postgresql://none:none@none/none";
const password = decodeURIComponent(new URL(url).password);
const referring = url.replace(/:[^:@/]+@/, ":{{ssm:/clickstream/dev/shop/shop-password}}@");

test.skipIf(!DATABASE_URL)("every connection of a pool asks for the password that is referred to", async () => {
  const asked: string[] = [];
  const pool = new pg.Pool(connection(referring, async (name) => (asked.push(name), password)));
  const [one, other] = await Promise.all([pool.connect(), pool.connect()]);
  expect((await one.query("SELECT 1 AS it")).rows).toEqual([{ it: 1 }]);
  for (const client of [one, other]) client.release();
  await pool.end();
  expect(asked).toEqual(Array(2).fill("/clickstream/dev/shop/shop-password"));
});

test.skipIf(!DATABASE_URL)("a password that cannot be read is the error, not a refused login", async () => {
  const client = new pg.Client(connection(referring, async (name) => Promise.reject(new Error(`there is no parameter ${name}`))));
  await expect(client.connect()).rejects.toThrow("there is no parameter /clickstream/dev/shop/shop-password");
});
