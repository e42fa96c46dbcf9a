import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildPackageFiles, type PackageFile } from "../../build/package-files.ts";
import { zipPackage } from "../../build/zip-package.ts";
import { median } from "../measure/median.ts";
import { measurePairs } from "../measure/pairs.ts";
import { runCommand } from "../measure/run-command.ts";
import { type BenchContext, meets, type Row } from "../row.ts";
import { sharedByRows } from "../shared-by-rows.ts";

const loadTarget = { type: "at most", value: 150 } as const;
const sizeTarget = { type: "at most", value: 1_000_000 } as const;
const root = join(import.meta.dirname, "..", "..", "..");
const loader = join(import.meta.dirname, "bundle-load.ts");

/** As infra/ has the worker start Node. */
const workerArguments = ["--enable-source-maps", "--max-semi-space-size=8", "--max-old-space-size=384"];

const packed = sharedByRows(async (): Promise<readonly PackageFile[]> => await buildPackageFiles(root));

/** What a cold start spends on the app itself before it can be called. */
export const bundleLoad: Row = {
  id: "bundle-load",
  title: "bundle: cold load until the functions are registered",
  target: loadTarget,
  run: async (context) => {
    const bundle = await unpack(context, await packed(context));
    const pairs = await measurePairs(
      { ours: () => load([bundle]), yardstick: () => load([]) },
      context.isQuick ? { least: 1, most: 1 } : { budgetInMs: 15_000, least: 5, most: 15 },
    );
    const [ours, empty] = [
      median(pairs.map(([one]) => one.wallInMs)),
      median(pairs.map(([, other]) => other.wallInMs)),
    ];
    const ratio = median(pairs.map(([one, other]) => one.wallInMs - other.wallInMs));
    return {
      figure: ours,
      yardstick: empty,
      unit: "ms",
      ratio,
      isMet: meets(loadTarget, ratio),
      notes: [
        `${pairs[0]?.[0].output.trim()} functions; the yardstick is the same process without the app, the ratio is the difference in ms`,
        `Node as infra/ starts it (${workerArguments.join(" ")}), files read before, no compile cache; ${pairs.length} pairs`,
      ],
    };
  },
};

/** What goes up to Azure, and is fetched and unpacked at a cold start. */
export const bundleSize: Row = {
  id: "bundle-size",
  title: "bundle: size of the zip",
  target: sizeTarget,
  run: async (context) => {
    const files = await packed(context);
    const { byteLength } = await zipPackage(files);
    const ofPortal = files.filter(({ path }) => path.startsWith("dist/portal/"));
    const ofMaps = files.filter(({ path }) => path.endsWith(".map"));
    return {
      figure: byteLength,
      unit: "bytes",
      ratio: byteLength,
      isMet: meets(sizeTarget, byteLength),
      notes: [
        `${files.length} files, unpacked ${toSize(files)}: of it the admin's page ${toSize(ofPortal)}, source maps ${toSize(ofMaps)}`,
      ],
    };
  },
};

function load(args: readonly string[]): ReturnType<typeof runCommand> {
  return runCommand(process.execPath, [...workerArguments, loader, ...args]);
}

/** Outside of the repository: no node_modules is in reach. @returns the entry point's path */
async function unpack({ scratch }: BenchContext, files: readonly PackageFile[]): Promise<string> {
  for (const { path, content } of files) {
    await mkdir(dirname(join(scratch, "app", path)), { recursive: true });
    await writeFile(join(scratch, "app", path), content);
  }
  return join(scratch, "app", "dist", "main.js");
}

function toSize(files: readonly PackageFile[]): string {
  return `${Math.round(files.reduce((sum, { content }) => sum + content.byteLength, 0) / 1000)} kB`;
}
