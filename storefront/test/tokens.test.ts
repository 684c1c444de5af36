import { exportJWK, generateKeyPair, SignJWT, createLocalJWKSet } from "jose";
import { beforeAll, expect, test } from "vitest";
import { tokenIn, verifier } from "../src/login/tokens";

const POOL = { issuer: "https://cognito-idp.ap-southeast-1.amazonaws.com/pool", keysUrl: "https://keys.example", userPoolClientId: "client" };
const CLAIMS = { sub: "0192f0c1", email: "lan@example.com", token_use: "id" };

let sign: (claims: object, more?: { issuer?: string; audience?: string; ends?: string; forged?: boolean }) => Promise<string>;
let verify: ReturnType<typeof verifier>;

beforeAll(async () => {
  const [real, other] = [await generateKeyPair("RS256"), await generateKeyPair("RS256")];
  const key = { ...(await exportJWK(real.publicKey)), kid: "one", alg: "RS256" };
  verify = verifier(POOL, createLocalJWKSet({ keys: [key] }));
  sign = (claims, { issuer = POOL.issuer, audience = "client", ends = "1h", forged = false } = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(ends)
      .sign(forged ? other.privateKey : real.privateKey);
});

test("a good token says who it is", async () => {
  expect(await verify(await sign(CLAIMS))).toEqual({ id: "0192f0c1", email: "lan@example.com" });
});

test.each([
  ["forged", CLAIMS, { forged: true }],
  ["expired", CLAIMS, { ends: "-1s" }],
  ["of another pool", CLAIMS, { issuer: "https://elsewhere" }],
  ["of another client", CLAIMS, { audience: "other" }],
  ["an access token", { ...CLAIMS, token_use: "access" }, {}],
])("a token that is %s is nobody's", async (_, claims, more) => {
  expect(await verify(await sign(claims, more))).toBeUndefined();
});

test("what is no token is nobody's", async () => {
  expect(await verify("not.a.token")).toBeUndefined();
});

test("keys that cannot be had are an error, not a signed-out customer", async () => {
  const away = verifier(POOL, () => Promise.reject(new TypeError("fetch failed")));
  await expect(away(await sign(CLAIMS))).rejects.toThrow("fetch failed");
});

test("the token is found under the last user's name", () => {
  const prefix = "CognitoIdentityServiceProvider.client";
  const cookies = new Map([[`${prefix}.LastAuthUser`, "lan@example.com"], [`${prefix}.lan%40example.com.idToken`, "token"]]);
  expect(tokenIn(cookies, "client")).toBe("token");
  expect(tokenIn(cookies, "other")).toBeUndefined();
  expect(tokenIn(new Map(), "client")).toBeUndefined();
});
