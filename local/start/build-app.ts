import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "../build/esbuild-bundle.ts";
import { bundlePortal } from "../build/portal.ts";
import { repository } from "./repository.ts";

/** The functions as a start runs them: what the host is told. */
export interface BuiltApp {
  readonly bundle: string;
  readonly hostJson: string;
}

/**
 * Builds the functions and the admin's page into a folder that no other start uses. What a bundle loads later lies beside
 * it under names that change with the code: in a shared folder whoever builds next takes these files away, and functions
 * that run already fail from then on.
 * @throws BuildFailure, whose text names file and line
 */
export async function buildApp(folder: string): Promise<BuiltApp> {
  // What a start left there that was killed while it wrote.
  await rm(folder, { recursive: true, force: true });
  const dist = join(folder, "dist");
  await mkdir(dist, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", main: "dist/main.js" }));
  const outfile = join(dist, "main.js");
  await Promise.all([bundle({ entry: repository.entry, outfile }), bundlePortal(join(dist, "portal"))]);
  return { bundle: outfile, hostJson: repository.hostJson };
}
