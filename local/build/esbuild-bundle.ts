import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { replaceFile } from "./replace-file.ts";

/** What to bundle and where the result goes; `outfile` gets a source map beside it. */
export interface BundleTarget {
  readonly entry: string;
  readonly outfile: string;
}

/** Sizes of a finished bundle in bytes; `gzipInBytes` is about what a deployment uploads. */
export interface BundleSize {
  readonly outfile: string;
  readonly sizeInBytes: number;
  readonly gzipInBytes: number;
}

// CommonJS packages inside an ES module still call these three. Without `require` the functions library cannot find
// its core module, silently switches to test mode and the app comes up with no functions at all.
const banner = [
  'import { createRequire as __bundleCreateRequire } from "node:module";',
  'import { fileURLToPath as __bundleToPath } from "node:url";',
  'import { dirname as __bundleDirname } from "node:path";',
  "const require = __bundleCreateRequire(import.meta.url);",
  "const __filename = __bundleToPath(import.meta.url);",
  "const __dirname = __bundleDirname(__filename);",
].join("");

// The worker provides functions-core at run time; native add-ons are optional speed-ups of ssh2 that it does without, and
// Arrow is a form of listings that storage is never asked for.
const external = ["@azure/functions-core", "*.node", "cpu-features", "apache-arrow"];

/**
 * Storage's own checksum is a WebAssembly module, a twentieth of the bundle, for transfers that ask for it (`contentChecksumAlgorithm`).
 * We never do: what we keep has our own SHA-256.
 */
const noStorageChecksum: Plugin = {
  name: "no-storage-checksum",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]storage-common[/\\]dist[/\\]esm[/\\]crc64\.js$/ }, () => ({
      contents: 'export default () => { throw new Error("Storage\'s CRC-64 is left out of the bundle."); };',
    })),
};

/** Zod brings what it says in fifty languages, a fifth of the bundle; our messages stand in our schemas. */
const onlyEnglish: Plugin = {
  name: "only-english",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    })),
};

/**
 * Bundles an entry point and everything it imports into one minified ES module for Node 22 and later.
 * Throws esbuild's BuildFailure, whose text names file and line.
 */
export async function bundle({ entry, outfile }: BundleTarget): Promise<BundleSize> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile,
    external,
    plugins: [onlyEnglish, noStorageChecksum],
    banner: { js: banner },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    minify: true,
    // What Node itself has as node:stream, once more.
    alias: { "readable-stream": "node:stream" },
    // Where a package has modules of both sorts, esbuild can leave out what is not used of the newer one.
    mainFields: ["module", "main"],
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "silent",
    write: false,
  });
  await mkdir(dirname(outfile), { recursive: true });
  for (const { path, contents } of outputFiles) await replaceFile(path, contents);
  const code = outputFiles.find(({ path }) => !path.endsWith(".map"))?.contents ?? Buffer.alloc(0);
  return { outfile, sizeInBytes: code.byteLength, gzipInBytes: gzipSync(code).byteLength };
}
