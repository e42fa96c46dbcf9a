import { join } from "node:path";
import { bundle } from "./esbuild-bundle.ts";

const root = join(import.meta.dirname, "..", "..");

const size = await bundle({
  entry: join(root, "functions", "main.ts"),
  outfile: join(root, "dist", "main.js"),
});

const toKilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);
console.log(`dist/main.js ${toKilobytes(size.sizeInBytes)} kB, ${toKilobytes(size.gzipInBytes)} kB compressed`);
