import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { type RunningAzurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { bundle } from "../../../local/build/esbuild-bundle.ts";
import type { HostLogLine } from "../../../local/host/log.ts";
import { type HostOptions, type RunningHost, startHost } from "../../../local/host/start-host.ts";

/** What a function of the test app said it was given. */
export interface Ran {
  readonly ran: string;
  readonly input: { readonly note?: string } | string | number;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly retry?: { readonly retryCount: number; readonly maxRetryCount: number };
}

/** A host under test with everything it logged. */
export interface HostUnderTest {
  readonly host: RunningHost;
  readonly lines: readonly HostLogLine[];
  /** The runs of one function so far, in order. */
  runs(functionName: string): Ran[];
}

/** Storage and the built test app, shared by the tests of one file; `release` ends and removes them. */
export interface Bench {
  readonly azurite: RunningAzurite;
  readonly outfile: string;
  queue(name: string): QueueClient;
  container(name: string): ContainerClient;
  start(t: TestContext, options?: StartOptions): Promise<HostUnderTest>;
  release(): Promise<void>;
}

/** What differs from the usual host: settings, tuning, parts of host.json. */
export interface StartOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly tuning?: HostOptions["tuning"];
  readonly hostJson?: object;
  readonly runAtStart?: readonly string[];
}

const baseHostJson = {
  version: "2.0",
  extensionBundle: { id: "Microsoft.Azure.Functions.ExtensionBundle", version: "[4.*, 5.0.0)" },
  extensions: {
    queues: {
      batchSize: 4,
      newBatchThreshold: 2,
      visibilityTimeout: "00:00:01",
      maxDequeueCount: 3,
      maxPollingInterval: "00:00:00.2",
    },
    blobs: { maxDegreeOfParallelism: 2, poisonBlobThreshold: 2 },
  },
};

/** Builds an app of this folder and starts storage for it. */
export async function openBench(app = "app/main.ts"): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "host-under-test-"));
  await mkdir(join(folder, "dist"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", main: "dist/main.js" }));
  const outfile = join(folder, "dist", "main.js");
  const [azurite] = await Promise.all([startAzurite(), bundle({ entry: join(import.meta.dirname, app), outfile })]);
  const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  let hosts = 0;
  return {
    azurite,
    outfile,
    queue: (name) => queues.getQueueClient(name),
    container: (name) => blobs.getContainerClient(name),
    start: async (t, options = {}) => {
      const hostJson = join(folder, `host-${++hosts}.json`);
      await writeFile(hostJson, JSON.stringify({ ...baseHostJson, ...options.hostJson }));
      return startUnderTest(t, { bundle: outfile, hostJson, ...toHostOptions(azurite, options) });
    },
    release: async () => {
      await azurite.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function toHostOptions(azurite: RunningAzurite, options: StartOptions): Omit<HostOptions, "bundle" | "hostJson"> {
  return {
    settings: {
      AzureWebJobsStorage: azurite.connectionString,
      ORDERS_QUEUE: "orders",
      POISON_QUEUE: "orders-poison",
      TICK_SCHEDULE: "0 0 0 29 2 *",
      ...options.settings,
    },
    tuning: { scanIntervalInMs: 50, lockPollInMs: 100, ...options.tuning },
    runAtStart: options.runAtStart ?? [],
  };
}

async function startUnderTest(t: TestContext, options: HostOptions): Promise<HostUnderTest> {
  const lines: HostLogLine[] = [];
  const host = await startHost({ ...options, onLog: (line) => lines.push(line) });
  t.after(() => host.kill());
  return { host, lines, runs: (functionName) => lines.flatMap(toRan).filter(({ ran }) => ran === functionName) };
}

function toRan({ source, message }: HostLogLine): Ran[] {
  return source === "user" && message.startsWith('{"ran"') ? [JSON.parse(message)] : [];
}

/** A queue's text as the host expects it. */
export function toMessage(order: unknown): string {
  return Buffer.from(JSON.stringify(order)).toString("base64");
}

/** Waits until the condition holds; fails, naming it, after ten seconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await delay(25);
  }
}

/** How many messages a queue holds, visible or not; none when it does not exist. */
export async function countMessages(queue: QueueClient): Promise<number> {
  if (!(await queue.exists())) return 0;
  return (await queue.getProperties()).approximateMessagesCount ?? 0;
}
