// Builds the three pages into dist/ and fails when the customer's page grows too heavy for a phone.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { pageConfig } from "./pages.mjs";

const GZIP_LIMIT_BYTES = { call: 60_000 };
const dist = fileURLToPath(new URL("../dist", import.meta.url));

async function gzipBytes(folder) {
  let total = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    total += gzipSync(await readFile(join(entry.parentPath, entry.name)), { level: 9 }).length;
  }
  return total;
}

for (const page of ["console", "call", "docs"]) {
  await build(pageConfig(page));
  const bytes = await gzipBytes(join(dist, page));
  console.log(`${page}: ${(bytes / 1000).toFixed(1)} kB gzip`);
  const limit = GZIP_LIMIT_BYTES[page];
  if (limit !== undefined && bytes > limit) {
    console.error(`${page} is ${bytes} bytes gzip, more than its limit of ${limit}.`);
    process.exitCode = 1;
  }
}
