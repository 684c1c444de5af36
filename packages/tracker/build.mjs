// Builds dist/: ES modules for bundlers, and the script for a tag, whose size has a limit.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const LIMIT_BYTES = 4096;
// Members that only the tracker's own modules see, and no name of the contract or of a browser: shortened in the script.
const INTERNAL = [
  ...["fleeting", "ask", "given", "decide", "obey", "ids", "textOf", "added", "allowed", "report", "turn", "queue", "store", "list", "clock", "url", "hide", "online"],
  ...["visit", "identity", "forget", "sign", "take", "restart"],
];
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const shared = { bundle: true, target: "es2020", logLevel: "warning" };

const constants = (script) => ({ VERSION: JSON.stringify(version), ONLY_BROWSERS: String(script) });

rmSync("dist", { recursive: true, force: true });
await build({
  ...shared,
  define: constants(false),
  entryPoints: { index: "src/index.ts", react: "src/react.tsx" },
  outdir: "dist",
  format: "esm",
  splitting: true,
  chunkNames: "chunk-[hash]",
  external: ["react", "react/jsx-runtime"],
  jsx: "automatic",
  // The App Router takes components with state for the browser's only where a file says so.
  banner: { js: '"use client";' },
});
const script = await build({
  ...shared,
  define: constants(true),
  entryPoints: ["src/script.ts"],
  format: "iife",
  write: false,
  minifySyntax: true, // terser after it finds more, but keeps const where let is shorter
  tsconfigRaw: { compilerOptions: { alwaysStrict: false, target: "ES2020" } },
  mangleProps: new RegExp(`^(${INTERNAL.join("|")})$`),
});
const { code } = await minify(script.outputFiles[0].text, {
  ecma: 2020,
  module: true,
  compress: { passes: 3, inline: 1, unsafe_arrows: true, keep_fargs: false, pure_getters: true },
});
writeFileSync("dist/clickstream.js", code);

const size = gzipSync(readFileSync("dist/clickstream.js"), { level: 9 }).length;
console.log(`dist/clickstream.js: ${size} bytes gzipped, at most ${LIMIT_BYTES}`);
if (size > LIMIT_BYTES) process.exit(1);
