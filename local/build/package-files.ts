import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { z } from "zod";
import { type BundleFile, buildBundle } from "./esbuild-bundle.ts";
import { bundlePortal } from "./portal.ts";
import { toThinSourceMap } from "./thin-source-map.ts";

/** A file of the package, by its path in the zip. */
export interface PackageFile {
  readonly path: string;
  readonly content: Uint8Array;
}

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  private: z.literal(true),
  type: z.literal("module"),
  main: z.literal("dist/main.js"),
});

/**
 * Builds the app out of the sources under `root` and returns all that goes up to Azure, sorted by path: host.json, a package.json
 * that names the entry point and nothing to install or to run, the bundle with source maps of our own code, and the page's files.
 * Throws esbuild's BuildFailure, or a ZodError when package.json is not the app's.
 */
export async function buildPackageFiles(root: string): Promise<readonly PackageFile[]> {
  const bundled = await buildBundle({
    entry: join(root, "functions", "main.ts"),
    outfile: join(root, "dist", "main.js"),
  });
  const files = [
    ...(await buildPortal()),
    ...bundled.map((file) => toDist(file, root)),
    { path: "host.json", content: await readFile(join(root, "host.json")) },
    { path: "package.json", content: Buffer.from(await toManifest(root)) },
  ];
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function toDist({ name, content }: BundleFile, root: string): PackageFile {
  if (!name.endsWith(".map")) return { path: `dist/${name}`, content };
  const map = toThinSourceMap(Buffer.from(content).toString(), (source) => toOwnPath(source, root));
  return { path: `dist/${name}`, content: Buffer.from(map) };
}

async function buildPortal(): Promise<PackageFile[]> {
  const folder = await mkdtemp(join(tmpdir(), "package-"));
  try {
    await bundlePortal(folder);
    return await readPortal(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readPortal(folder: string): Promise<PackageFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return await Promise.all(
    files.map(async (file) => {
      const path = relative(folder, file).replaceAll("\\", "/");
      return toPacked({ path: `dist/portal/${path}`, content: await readFile(file) });
    }),
  );
}

/**
 * The page's script and texts go up as browsers get them, packed once and at leisure (RFC 7932, the highest level): the zip
 * is smaller by 40 kB, and no instance packs them again.
 */
function toPacked({ path, content }: PackageFile): PackageFile {
  if (!/\.(js|txt)$/.test(path)) return { path, content };
  return { path: `${path}.br`, content: brotliCompressSync(content) };
}

/** Where there are dependencies a build on the platform would install them, and validators look for node_modules. */
async function toManifest(root: string): Promise<string> {
  const known = manifest.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  return `${JSON.stringify(known, undefined, 2)}\n`;
}

/** A source's path as seen from dist/; undefined for libraries', some of which bring source maps of their own with odd paths. */
function toOwnPath(source: string, root: string): string | undefined {
  const path = relative(root, join(root, "dist", source)).replaceAll("\\", "/");
  return /^(functions|shared|portal)\//.test(path) ? `../${path}` : undefined;
}
