import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/**
 * The licences of all libraries that are in a bundle, each with its text: most of them ask for that.
 * @param inputs the bundle's sources, relative to `root`, as esbuild's metafile names them
 */
export async function toLicenceText(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []));
  const texts = await Promise.all(
    Array.from(folders)
      .toSorted()
      .map((folder) => toEntry(join(root, folder))),
  );
  return `${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

async function toEntry(folder: string): Promise<string> {
  const { name, version, license } = manifest.parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const text = file === undefined ? "" : `\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
  return `${name} ${version} (${license ?? "see its text"})\n${text}`;
}
