import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { buildPackageFiles } from "./package-files.ts";
import { zipPackage } from "./zip-package.ts";

/** A cold start loads all of it, so it should stay below; said, and not enforced here. */
const wishedSizeInBytes = 1_000_000;

const root = join(import.meta.dirname, "..", "..");
// Not in dist/, from which Core Tools publish every file.
const folder = join(root, ".local", "package");

const files = await buildPackageFiles(root);
const zip = await zipPackage(files);
await rm(folder, { recursive: true, force: true });
for (const { path, content } of files) {
  const place = join(folder, "app", path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, content);
}
await writeFile(join(folder, "app.zip"), zip);

for (const { path, content } of files) console.log(`  ${path}  ${content.byteLength} bytes`);
console.log(`${relative(process.cwd(), join(folder, "app.zip"))}  ${zip.byteLength} bytes, ${toShare(zip.byteLength)}`);
console.log(`sha256  ${createHash("sha256").update(zip).digest("hex")}`);

function toShare(sizeInBytes: number): string {
  return `${((sizeInBytes / wishedSizeInBytes) * 100).toFixed(1)} percent of 1 MB`;
}
