import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { replaceFile } from "./replace-file.ts";

/**
 * What to bundle and where the result goes. What the entry point loads later only lies beside it, in files of their own; each
 * has a source map beside it.
 */
export interface BundleTarget {
  readonly entry: string;
  readonly outfile: string;
}

/** Sizes of a finished bundle in bytes, all its files together; `gzipInBytes` is about what a deployment uploads. */
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
 * Parts of libraries that the app never calls, together a tenth of the zip, and what they are for. Whoever calls one all the
 * same hears what is missing.
 */
export const leftOut: readonly { readonly part: RegExp; readonly exports: string; readonly purpose: string }[] = [
  {
    // A WebAssembly module for transfers that ask for it (`contentChecksumAlgorithm`): what we keep has our own SHA-256.
    part: /[/\\]@azure[/\\]storage-common[/\\]dist[/\\]esm[/\\]crc64\.js$/,
    exports: "export default",
    purpose: "Storage's CRC-64",
  },
  {
    // Addresses that let in whoever has them: the account takes no shared keys, and nobody is given one.
    part: /[/\\]@azure[/\\]storage-blob[/\\]dist[/\\]esm[/\\]sas[/\\]BlobSASSignatureValues\.js$/,
    exports:
      "export { missing as generateBlobSASQueryParameters, missing as generateBlobSASQueryParametersInternal }; const missing =",
    purpose: "A shared access signature of a blob",
  },
  {
    part: /[/\\]@azure[/\\]storage-queue[/\\]dist[/\\]esm[/\\]QueueSASSignatureValues\.js$/,
    exports:
      "export { missing as generateQueueSASQueryParameters, missing as generateQueueSASQueryParametersInternal }; const missing =",
    purpose: "A shared access signature of a queue",
  },
  {
    part: /[/\\]@azure[/\\]storage-(blob|queue)[/\\]dist[/\\]esm[/\\](sas[/\\])?AccountSASSignatureValues\.js$/,
    exports:
      "export { missing as generateAccountSASQueryParameters, missing as generateAccountSASQueryParametersInternal }; const missing =",
    purpose: "A shared access signature of the account",
  },
  {
    part: /[/\\]microsoft-graph-client[/\\]lib[/\\]es[/\\]src[/\\]content[/\\]BatchRequestContent\.js$/,
    exports: "export const BatchRequestContent =",
    purpose: "A batch of requests to Graph",
  },
  {
    // In Azure the app is its managed identity; elsewhere whoever is signed in, or an app registration with a secret.
    part: /[/\\]jsonwebtoken[/\\]index\.js$/,
    exports: "module.exports =",
    purpose: "Signing in to Entra with a certificate",
  },
  {
    part: /[/\\]open[/\\]index\.js$/,
    exports: "export default",
    purpose: "Signing in to Entra in a browser",
  },
  {
    part: /[/\\]ssh2[/\\]lib[/\\]server\.js$/,
    exports: "module.exports =",
    purpose: "An SSH server",
  },
  {
    part: /[/\\]node_modules[/\\]typedarray[/\\]index\.js$/,
    exports: "module.exports =",
    purpose: "What stands in for typed arrays where there are none",
  },
];

/** A function that can be imported by anybody and used by nobody. */
function toMissing(purpose: string): string {
  const message = JSON.stringify(`${purpose} is left out of the bundle (local/build/esbuild-bundle.ts).`);
  return `new Proxy(function () {}, {
    get(_, name) { if (name === "__esModule") return undefined; throw new Error(${message}); },
    apply() { throw new Error(${message}); },
    construct() { throw new Error(${message}); },
  })`;
}

const withoutLeftOut: Plugin = {
  name: "without-left-out",
  setup: ({ onLoad }) => {
    for (const { part, exports, purpose } of leftOut) {
      onLoad({ filter: part }, () => ({ contents: `${exports} ${toMissing(purpose)};`, loader: "js" }));
    }
  },
};

/** Zod brings what it says in fifty languages, a fifth of the bundle; our messages stand in our schemas. */
const onlyEnglish: Plugin = {
  name: "only-english",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    })),
};

/** A file of a bundle; the entry point comes last, since it names the others. */
export interface BundleFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Bundles an entry point and everything it imports into minified ES modules for Node 22 and later, as they are to lie where
 * `outfile` says; nothing is written. Throws esbuild's BuildFailure, whose text names file and line.
 */
export async function buildBundle({ entry, outfile }: BundleTarget): Promise<readonly BundleFile[]> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    // The hashes in the files' names are made of paths too, by default below wherever the command was called.
    absWorkingDir: dirname(dirname(entry)),
    outdir: dirname(outfile),
    entryNames: basename(outfile, extname(outfile)),
    chunkNames: "[name]-[hash]",
    outExtension: { ".js": extname(outfile) },
    splitting: true,
    external,
    plugins: [onlyEnglish, withoutLeftOut],
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
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), content: contents }));
  const isEntry = ({ name }: BundleFile): boolean => name === basename(outfile);
  return [...files.filter((file) => !isEntry(file)), ...files.filter(isEntry)];
}

/** Builds a bundle and writes it; what an earlier build left beside it goes. Throws as `buildBundle` does. */
export async function bundle(target: BundleTarget): Promise<BundleSize> {
  const { outfile } = target;
  const files = await buildBundle(target);
  await mkdir(dirname(outfile), { recursive: true });
  for (const { name, content } of files) await replaceFile(join(dirname(outfile), name), content);
  await removeOthers(dirname(outfile), new Set(files.map(({ name }) => name)));
  const code = files.filter(({ name }) => !name.endsWith(".map")).map(({ content }) => content);
  return { outfile, sizeInBytes: sumOf(code), gzipInBytes: sumOf(code.map((bytes) => gzipSync(bytes))) };
}

function sumOf(files: readonly Uint8Array[]): number {
  return files.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** As esbuild names files by their content, and their maps. */
const hashed = /-[A-Z0-9]{8}\.m?js(\.map)?$/;

async function removeOthers(folder: string, wanted: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (hashed.test(name) && !wanted.has(name)) await rm(join(folder, name), { force: true });
  }
}
