/**
 * Starts the shop: its database brought up to date and filled, with the pool of a local login where SHOP_LOCAL_LOGIN says
 * where moto is, then Next.js. The settings are those of src/settings.ts, with HOSTNAME and PORT.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ensurePool } from "./login-pool.mjs";
import { migrate } from "./migrate.mjs";
import { seed } from "./seed.mjs";

const CHECK_MS = 10_000;
const { SHOP_DATABASE_URL, SHOP_LOCAL_LOGIN, HOSTNAME = "0.0.0.0", PORT = "3000" } = process.env;
const FOLDER = fileURLToPath(new URL("..", import.meta.url));
// The image holds a server of its own (`output: "standalone"`), which takes HOSTNAME and PORT from its environment.
const SERVER = existsSync(`${FOLDER}server.js`)
  ? ["server.js"]
  : ["node_modules/next/dist/bin/next", "start", "--hostname", HOSTNAME, "--port", PORT];

if (!SHOP_DATABASE_URL) {
  console.error("the shop needs SHOP_DATABASE_URL, such as postgresql://shop:…@127.0.0.1:5434/shop");
  process.exit(2);
}

const environment = { ...process.env, HOSTNAME, PORT, NEXT_TELEMETRY_DISABLED: "1" };
try {
  for (const name of await patiently(() => migrate(SHOP_DATABASE_URL))) console.log(JSON.stringify({ event: "storefront.migrated", name }));
  console.log(JSON.stringify({ event: "storefront.seeded", products: await seed(SHOP_DATABASE_URL) }));
  if (SHOP_LOCAL_LOGIN) {
    const { poolId, clientId } = await patiently(() => ensurePool(SHOP_LOCAL_LOGIN));
    environment.NEXT_PUBLIC_AWS_REGION = poolId.split("_")[0];
    environment.NEXT_PUBLIC_COGNITO_USER_POOL_ID = poolId;
    environment.NEXT_PUBLIC_COGNITO_CLIENT_ID = clientId;
    environment.NEXT_PUBLIC_COGNITO_AUTH_FLOW = "USER_PASSWORD_AUTH"; // moto's SRP is for show: no client can finish it
    // moto keeps its pools in memory: after its restart the shop's is made again.
    setInterval(() => ensurePool(SHOP_LOCAL_LOGIN).catch((error) => console.error(JSON.stringify({ event: "storefront.login.away", error: String(error) }))), CHECK_MS);
  }
} catch (error) {
  console.error(JSON.stringify({ event: "storefront.start.failed", error: error.message || String(error) }));
  process.exit(1);
}

const next = spawn(process.execPath, SERVER, { env: environment, stdio: "inherit", cwd: FOLDER });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => next.kill(signal));
next.on("exit", (code, signal) => process.exit(signal ? 0 : (code ?? 1)));

/** Programs start in any order: what is not there yet is waited for. */
async function patiently(run, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  for (;;)
    try {
      return await run();
    } catch (error) {
      const away = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|fetch failed|starting up/.test(`${error.code} ${error.message}`);
      if (!away || Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 250));
    }
}
