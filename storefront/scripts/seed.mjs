/** Puts the catalogue into the shop's database. Safe to repeat: texts and prices follow the files, stock is left alone. */
import { fileURLToPath } from "node:url";
import pg from "pg";
import { readCatalogue } from "./catalogue.mjs";
import { connection } from "./connection.mjs";
import { searchable } from "./search-text.mjs";

/** How many products there are. */
export async function seed(databaseUrl) {
  const client = new pg.Client(connection(databaseUrl));
  await client.connect();
  try {
    await client.query("BEGIN");
    let count = 0;
    for (const [position, category] of (await readCatalogue()).entries()) {
      await client.query(
        `INSERT INTO category (id, position, name, summary) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name, summary = excluded.summary`,
        [category.id, position, category.name, category.summary],
      );
      for (const [place, product] of category.products.entries()) {
        await put(client, category, product, place);
        count += 1;
      }
    }
    await client.query("COMMIT");
    return count;
  } finally {
    await client.end();
  }
}

async function put(client, category, product, position) {
  const specs = Object.values(product.specs).flatMap(Object.values).join(" ");
  const words = [product.brand, product.name, category.name.en, category.name.vi, product.summary.en, product.summary.vi, specs];
  await client.query(
    `INSERT INTO product (id, category_id, position, brand, name, price, sale_price, stock, featured, summary, description, specs, search_text)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (id) DO UPDATE SET category_id = excluded.category_id, position = excluded.position, brand = excluded.brand,
       name = excluded.name, price = excluded.price, sale_price = excluded.sale_price, featured = excluded.featured,
       summary = excluded.summary, description = excluded.description, specs = excluded.specs, search_text = excluded.search_text`,
    [
      product.id, category.id, position, product.brand, product.name, product.price, product.salePrice ?? null, product.stock,
      product.featured ?? false, product.summary, product.description, product.specs, searchable(words.join(" ")),
    ],
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(`${await seed(process.env.SHOP_DATABASE_URL)} products are in the shop`);
