/** Draws a picture of each product into public/products. The same product always gets the same bytes. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readCatalogue } from "./catalogue.mjs";
import { draw, shade } from "./shapes.mjs";

const FOLDER = new URL("../public/products/", import.meta.url);

/** Numbers in [0, 1) that belong to a product, always the same. */
function numbersOf(id) {
  const bytes = createHash("sha256").update(id).digest();
  let at = 0;
  return () => bytes[at++ % bytes.length] / 256;
}

/** The picture of a product of the catalogue, as SVG. */
export function picture({ id, picture: { shape, colour } }) {
  const gradient = (name, from, to, direction = 'x2="0" y2="1"') =>
    `<linearGradient id="${name}" x1="0" y1="0" ${direction}><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600" width="800" height="600"><defs>
${gradient("back", shade(colour, 0.9), shade(colour, 0.72), 'x2="1" y2="1"')}${gradient("metal", shade(colour, 0.42), shade(colour, -0.12))}
${gradient("sky", shade(colour, 0.15), shade(colour, 0.62))}${gradient("far", shade(colour, 0.3), shade(colour, 0.05))}${gradient("mid", shade(colour, -0.1), shade(colour, -0.3))}${gradient("near", shade(colour, -0.38), shade(colour, -0.62))}
<filter id="soft" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="22"/></filter><filter id="key"><feDropShadow dx="0" dy="2" stdDeviation="0" flood-color="#9aa1b5"/></filter></defs>
<rect width="800" height="600" fill="url(#back)"/><circle cx="640" cy="90" r="190" fill="#fff" opacity=".28"/><circle cx="120" cy="560" r="150" fill="#fff" opacity=".2"/>
<ellipse cx="400" cy="508" rx="300" ry="22" fill="${shade(colour, -0.6)}" opacity=".28" filter="url(#soft)"/>
${draw(shape, colour, numbersOf(id))}
</svg>
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(FOLDER, { recursive: true });
  for (const { products } of await readCatalogue())
    for (const product of products) await writeFile(new URL(`${product.id}.svg`, FOLDER), picture(product));
}
