import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** Where the functions' entry, their bundle and host.json lie, wherever npm was called from. */
export const repository = {
  entry: join(root, "functions", "main.ts"),
  bundle: join(root, "dist", "main.js"),
  hostJson: join(root, "host.json"),
} as const;
