/** What the shop sells, from catalogue/*.json. */
import { readFile } from "node:fs/promises";

const FOLDER = new URL("../catalogue/", import.meta.url);

const read = async (name) => JSON.parse(await readFile(new URL(`${name}.json`, FOLDER), "utf8"));

/** The categories in the order of the menu, each with its products. */
export async function readCatalogue() {
  const categories = await read("categories");
  return Promise.all(categories.map(async (category) => ({ ...category, products: await read(category.id) })));
}
