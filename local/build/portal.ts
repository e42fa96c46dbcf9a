import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { noncePlaceholder } from "../../shared/api/portal.ts";
import { toLicenceText } from "./licence-text.ts";
import { isPart, replaceFile } from "./replace-file.ts";

/** What the page came to. Sizes in bytes. */
export interface PortalSize {
  readonly sizeInBytes: number;
  readonly gzipInBytes: number;
}

const root = join(import.meta.dirname, "..", "..");
const portal = join(root, "portal");

/**
 * Builds the admin's page into `outdir`: index.html, and below assets/ the script, the icon and the licences of what is in
 * it, each named by its content's hash, so that they may be cached for ever. What an earlier build left there goes, but
 * nothing of this one's is ever missing: another process may be building the same, or serving it.
 * Throws esbuild's BuildFailure, whose text names file and line.
 */
export async function bundlePortal(outdir: string): Promise<PortalSize> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(portal, "main.tsx")],
    absWorkingDir: root,
    outdir,
    bundle: true,
    platform: "browser",
    format: "esm",
    target: ["chrome120", "edge120", "firefox121", "safari17"],
    define: { "process.env.NODE_ENV": '"production"' },
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "silent",
    write: false,
  });
  const script = outputFiles[0]?.contents;
  if (script === undefined || outputFiles.length !== 1)
    throw new Error("esbuild made another number of files than one.");
  await mkdir(join(outdir, "assets"), { recursive: true });
  const names = {
    script: await writeAsset(outdir, "portal", "js", script),
    icon: await writeAsset(outdir, "icon", "svg", await readFile(join(portal, "icon.svg"))),
    licences: await writeAsset(outdir, "licences", "txt", await toLicenceText(root, Object.keys(metafile.inputs))),
  };
  await replaceFile(join(outdir, "index.html"), await toIndex(names));
  await removeOthers(join(outdir, "assets"), Object.values(names));
  return { sizeInBytes: script.byteLength, gzipInBytes: gzipSync(script).byteLength };
}

/** Writes a file below assets/ and returns its address. The server knows such names by their form (shared/api/portal.ts). */
async function writeAsset(outdir: string, name: string, type: string, content: string | Uint8Array): Promise<string> {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const path = `assets/${name}-${hash}.${type}`;
  await replaceFile(join(outdir, path), content);
  return `/${path}`;
}

/** Removes an earlier build's files, but not what another process is just writing. */
async function removeOthers(assets: string, wanted: readonly string[]): Promise<void> {
  const kept = new Set(wanted.map((path) => basename(path)));
  for (const name of await readdir(assets)) {
    if (!kept.has(name) && !isPart(name)) await rm(join(assets, name), { force: true });
  }
}

async function toIndex(names: Readonly<Record<string, string>>): Promise<string> {
  const template = await readFile(join(portal, "index.html"), "utf8");
  const index = Object.entries(names).reduce((text, [name, path]) => text.replaceAll(`{{${name}}}`, path), template);
  const left = index.replaceAll(noncePlaceholder, "").match(/\{\{\w+\}\}/)?.[0];
  if (left !== undefined || !index.includes(noncePlaceholder)) {
    throw new Error(`portal/index.html: ${left ?? "the nonce's place"} is not as it should be.`);
  }
  return index;
}
