/**
 * Brings the shop's database to the newest migration of prisma/migrations, each in a transaction of its own. It keeps the
 * books as `prisma migrate deploy` does (`_prisma_migrations`), which itself would download an engine first.
 */
import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { connection } from "./connection.mjs";

const FOLDER = new URL("../prisma/migrations/", import.meta.url);
// Any number, the same for all: two that start at once wait for each other.
const LOCK = 7_326_001;

/** Names of the migrations that were applied now. Throws where an applied one was changed since. */
export async function migrate(databaseUrl) {
  const client = new pg.Client(connection(databaseUrl));
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
      logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
    const { rows } = await client.query("SELECT migration_name, checksum FROM _prisma_migrations WHERE rolled_back_at IS NULL");
    const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
    const entries = await readdir(FOLDER, { withFileTypes: true });
    const done = [];
    for (const name of entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()) {
      const sql = await readFile(new URL(`${name}/migration.sql`, FOLDER), "utf8");
      const checksum = createHash("sha256").update(sql).digest("hex");
      if (applied.has(name)) {
        if (applied.get(name) !== checksum) throw new Error(`migration ${name} was changed after it was applied: add a new one instead`);
        continue;
      }
      await apply(client, name, sql, checksum);
      done.push(name);
    }
    return done;
  } finally {
    await client.end();
  }
}

async function apply(client, name, sql, checksum) {
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL lock_timeout = '5s'");
    await client.query(sql);
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) VALUES ($1, $2, now(), $3, 1)",
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`migration ${name} failed: ${error.message}`, { cause: error });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const done = await migrate(process.env.SHOP_DATABASE_URL);
  console.log(done.length ? `applied ${done.join(", ")}` : "the shop's database is up to date");
}
