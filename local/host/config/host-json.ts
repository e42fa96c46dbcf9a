import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { z } from "zod";
import { timeSpanInMs } from "./time-span.ts";

const queueMinimumPollInMs = 100;
const defaultBatchSize = 16;

const queues = z
  .looseObject({
    batchSize: z.int().min(1).max(32).default(defaultBatchSize),
    newBatchThreshold: z.int().min(0).optional(),
    visibilityTimeout: timeSpanInMs.default(0),
    maxDequeueCount: z.int().min(1).default(5),
    maxPollingInterval: timeSpanInMs.refine((interval) => interval >= queueMinimumPollInMs).default(60_000),
    messageEncoding: z.enum(["base64", "none"]).default("base64"),
  })
  .transform(({ newBatchThreshold, ...rest }) => ({
    ...rest,
    newBatchThreshold: newBatchThreshold ?? Math.floor(rest.batchSize / 2) * availableParallelism(),
  }));

const blobs = z.looseObject({
  maxDegreeOfParallelism: z
    .int()
    .min(1)
    .default(8 * availableParallelism()),
  poisonBlobThreshold: z.int().min(1).default(5),
});

const http = z.looseObject({ routePrefix: z.string().default("api") });

const hostJson = z.looseObject({
  version: z.literal("2.0"),
  functionTimeout: z.union([z.literal("-1").transform(() => null), timeSpanInMs]).default(30 * 60_000),
  extensionBundle: z.looseObject({ id: z.string().optional(), version: z.string().optional() }).optional(),
  extensions: z
    .looseObject({
      queues: queues.prefault({}),
      blobs: blobs.prefault({}),
      http: http.prefault({}),
    })
    .prefault({}),
});

/** host.json's settings that this host honours. Times are in milliseconds. */
export interface HostJson {
  /** @default 30 minutes; undefined = none ("-1") */
  readonly functionTimeoutInMs: number | undefined;
  /** Without the extension bundle the real host knows no queue or blob binding. */
  readonly hasStorageExtension: boolean;
  readonly queues: z.output<typeof queues>;
  readonly blobs: z.output<typeof blobs>;
  readonly http: z.output<typeof http>;
}

const overridePrefix = "AzureFunctionsJobHost__";

/**
 * Reads host.json; app settings named `AzureFunctionsJobHost__section__key` replace its values, as in the real host.
 * Throws, naming the file and the setting, where the real host would go into its error state.
 */
export async function readHostJson(file: string, settings: Readonly<Record<string, string>>): Promise<HostJson> {
  const document = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  applyOverrides(document, settings);
  const parsed = hostJson.safeParse(document);
  if (!parsed.success) throw new Error(`${file} is not valid: ${z.prettifyError(parsed.error)}`);
  const { functionTimeout, extensionBundle, extensions } = parsed.data;
  return {
    functionTimeoutInMs: functionTimeout ?? undefined,
    hasStorageExtension: hasBundle(file, extensionBundle),
    queues: extensions.queues,
    blobs: extensions.blobs,
    http: extensions.http,
  };
}

interface ExtensionBundle {
  readonly id?: string | undefined;
  readonly version?: string | undefined;
}

const versionRange = /^[[(]\s*\d+(\.(\d+|\*)){0,2}\s*(,\s*\d+(\.(\d+|\*)){0,2}\s*)?[\])]$/;

function hasBundle(file: string, bundle: ExtensionBundle | undefined): boolean {
  if (bundle === undefined) return false;
  const broken = (property: string): Error =>
    new Error(
      `The value of ${property} property in extensionBundle section of ${file} is invalid or missing. ` +
        "See https://aka.ms/functions-hostjson for more information",
    );
  if (bundle.id === undefined || bundle.id === "") throw broken("id");
  if (bundle.version === undefined || !versionRange.test(bundle.version)) throw broken("version");
  return bundle.id.startsWith("Microsoft.Azure.Functions.ExtensionBundle");
}

function applyOverrides(document: Record<string, unknown>, settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!name.startsWith(overridePrefix)) continue;
    setIn(document, name.slice(overridePrefix.length).split("__"), value);
  }
}

function setIn(target: Record<string, unknown>, path: readonly string[], value: string): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = /^-?\d+$/.test(value) && key !== "functionTimeout" ? Number(value) : value;
    return;
  }
  const child = z.record(z.string(), z.unknown()).catch({}).parse(target[key]);
  target[key] = child;
  setIn(child, rest, value);
}
