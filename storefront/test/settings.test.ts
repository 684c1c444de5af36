import { expect, test } from "vitest";
import { readSettings } from "../src/settings";

const GOOD = {
  SHOP_DATABASE_URL: "postgresql://shop@db/shop",
  NEXT_PUBLIC_CLICKSTREAM_URL: "https://collect.example/clickstream",
  NEXT_PUBLIC_AWS_REGION: "ap-southeast-1",
  NEXT_PUBLIC_COGNITO_USER_POOL_ID: "ap-southeast-1_x",
  NEXT_PUBLIC_COGNITO_CLIENT_ID: "client",
};

test("all that is missing is named at once", () => {
  expect(() => readSettings({})).toThrow(
    "SHOP_DATABASE_URL, NEXT_PUBLIC_CLICKSTREAM_URL, NEXT_PUBLIC_AWS_REGION, NEXT_PUBLIC_COGNITO_USER_POOL_ID, NEXT_PUBLIC_COGNITO_CLIENT_ID",
  );
});

test("on AWS passwords never leave the browser (SRP), and keys come from Cognito", () => {
  const settings = readSettings(GOOD);
  expect(settings.authFlow).toBe("USER_SRP_AUTH");
  expect(settings.keysUrl).toBe("https://cognito-idp.ap-southeast-1.amazonaws.com/ap-southeast-1_x/.well-known/jwks.json");
});

test("locally keys come from where Cognito is played", () => {
  expect(readSettings({ ...GOOD, NEXT_PUBLIC_COGNITO_ENDPOINT: "http://127.0.0.1:5435" }).keysUrl).toBe(
    "http://127.0.0.1:5435/ap-southeast-1_x/.well-known/jwks.json",
  );
});

test("an unknown way to sign in is refused", () => {
  expect(() => readSettings({ ...GOOD, NEXT_PUBLIC_COGNITO_AUTH_FLOW: "MAGIC" })).toThrow("NEXT_PUBLIC_COGNITO_AUTH_FLOW is MAGIC");
});
