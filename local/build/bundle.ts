import { join } from "node:path";
import { bundle } from "./esbuild-bundle.ts";
import { bundlePortal, type PortalSize } from "./portal.ts";

const root = join(import.meta.dirname, "..", "..");

const size = await bundle({
  entry: join(root, "functions", "main.ts"),
  outfile: join(root, "dist", "main.js"),
});

const portal = await bundlePortal(join(root, "dist", "portal"));

const toKilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);
const toWords = ({ sizeInBytes, gzipInBytes }: PortalSize): string =>
  `${toKilobytes(sizeInBytes)} kB, ${toKilobytes(gzipInBytes)} kB compressed`;
console.log(`dist/main.js ${toWords(size)}`);
console.log(`dist/portal/ ${toWords(portal)}`);
