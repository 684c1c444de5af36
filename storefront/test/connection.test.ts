import { expect, test, vi } from "vitest";
import { connection } from "../scripts/connection.mjs";

const REFERRING = "postgresql://shop:{{ssm:/clickstream/dev/shop/shop-password}}@203.0.113.7:5432/shop?uselibpqcompat=true&sslmode=require";

test("a URL without a reference is taken as it is", () => {
  expect(connection("postgresql://shop:a%20b@db/shop")).toEqual({ connectionString: "postgresql://shop:a%20b@db/shop" });
});

test("a password that is referred to is read when a connection is opened, and not before", async () => {
  const read = vi.fn(async () => "any / p@ss:word");
  const config = connection(REFERRING, read);
  expect(config).toMatchObject({ user: "shop", host: "203.0.113.7", port: "5432", database: "shop", ssl: { rejectUnauthorized: false } });
  expect(read).not.toHaveBeenCalled();
  expect(await (config.password as () => Promise<string>)()).toBe("any / p@ss:word");
  expect(read).toHaveBeenCalledWith("/clickstream/dev/shop/shop-password");
});

test.each([
  "postgresql://{{ssm:/user}}:secret@db/shop",
  "postgresql://shop:before{{ssm:/name}}@db/shop",
  "postgresql://shop:{{ssm:/no spaces}}@db/shop",
  "{{ssm:/whole-url}}",
])("a reference elsewhere is refused: %s", (url) => {
  expect(() => connection(url)).toThrow("stands for the whole password");
});

test("no URL is told as such", () => {
  expect(() => connection(undefined)).toThrow("SHOP_DATABASE_URL");
});
