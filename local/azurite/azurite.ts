import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** How to start Azurite. Everything has a default: free ports, data in memory, a key of its own. */
export interface AzuriteOptions {
  /** Where data is kept. @default in memory, gone when it stops */
  readonly folder?: string;
  /** @default a free port */
  readonly blobPort?: number;
  /** @default a free port */
  readonly queuePort?: number;
  /** Base64, 64 bytes. @default random, so that no other user of the machine can read the data */
  readonly accountKey?: string;
  /** Names of further accounts, all with the same key. @default none */
  readonly moreAccounts?: readonly string[];
  /** Module that its process loads before anything else. */
  readonly preload?: string;
}

/** How to reach one account. */
export interface AzuriteAccount {
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  readonly connectionString: string;
}

/** A running Azurite and how to reach it. */
export interface RunningAzurite extends AzuriteAccount {
  readonly pid: number;
  readonly accountName: string;
  readonly accountKey: string;
  /** The endpoints and the connection string of another account. */
  account(name: string): AzuriteAccount;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends it: in memory at once, with a folder when everything acknowledged is written there. */
  stop(): Promise<void>;
}

const accountName = "devstoreaccount1";
const startDeadlineInMs = 30_000;
/** Longer than Azurite's own deadline for writing its index. */
const stopDeadlineInMs = 65_000;

/**
 * Starts Azurite's blob and queue services on loopback and resolves when both answer.
 * It ends with the calling process. Throws with Azurite's own words when it cannot start, e.g. for a port in use.
 */
export async function startAzurite(options: AzuriteOptions = {}): Promise<RunningAzurite> {
  const accountKey = options.accountKey ?? randomBytes(64).toString("base64");
  const child = forkAzurite(options, accountKey);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    const killer = setTimeout(() => child.kill("SIGKILL"), stopDeadlineInMs);
    await exited;
    clearTimeout(killer);
  };
  try {
    const { blob, queue } = await readEndpoints(child);
    const account = (name: string): AzuriteAccount =>
      toAccount(name, accountKey, `${blob}/${name}`, `${queue}/${name}`);
    const first = account(accountName);
    await Promise.all([answers(first.blobEndpoint), answers(first.queueEndpoint)]);
    return { ...first, pid: child.pid ?? 0, accountName, accountKey, account, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function forkAzurite(options: AzuriteOptions, accountKey: string): ChildProcess {
  const accounts = [accountName, ...(options.moreAccounts ?? [])].map((name) => `${name}:${accountKey}`);
  return fork(join(import.meta.dirname, "azurite-process.ts"), toArguments(options), {
    // In its own process group: Ctrl-C in a terminal must not take storage away before the host has drained.
    detached: true,
    execArgv: options.preload === undefined ? [] : ["--import", options.preload],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, NODE_OPTIONS: "", AZURITE_ACCOUNTS: accounts.join(";") },
  });
}

function toArguments({ folder, blobPort = 0, queuePort = 0 }: AzuriteOptions): string[] {
  const loopback = ["--blobHost", "--queueHost", "--tableHost"].flatMap((option) => [option, "127.0.0.1"]);
  const ports = ["--blobPort", String(blobPort), "--queuePort", String(queuePort), "--tablePort", "0"];
  const data = folder === undefined ? ["--inMemoryPersistence"] : ["--location", folder];
  // The SDK asks for a newer service version than Azurite knows and would get a 400 for every request.
  return ["--silent", "--disableTelemetry", "--skipApiVersionCheck", ...loopback, ...ports, ...data];
}

function toAccount(name: string, accountKey: string, blobEndpoint: string, queueEndpoint: string): AzuriteAccount {
  const connectionString = [
    "DefaultEndpointsProtocol=http",
    `AccountName=${name}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=${blobEndpoint}`,
    `QueueEndpoint=${queueEndpoint}`,
  ].join(";");
  return { blobEndpoint, queueEndpoint, connectionString };
}

interface ServiceAddresses {
  readonly blob: string;
  readonly queue: string;
}

async function readEndpoints(child: ChildProcess): Promise<ServiceAddresses> {
  let output = "";
  const collect = (stream: Readable | null): void => {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-8192);
      child.emit("azurite-output");
    });
  };
  collect(child.stdout);
  collect(child.stderr);
  const deadline = AbortSignal.timeout(startDeadlineInMs);
  for (;;) {
    const addresses = findAddresses(output);
    if (addresses !== undefined) return addresses;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Azurite did not start: ${output.trim()}`);
    await Promise.race([
      once(child, "azurite-output", { signal: deadline }),
      once(child, "exit", { signal: deadline }),
    ]);
  }
}

function findAddresses(output: string): ServiceAddresses | undefined {
  const blob = /Blob service is successfully listening at (\S+)/.exec(output)?.[1];
  const queue = /Queue service is successfully listening at (\S+)/.exec(output)?.[1];
  return blob === undefined || queue === undefined ? undefined : { blob, queue };
}

/** Any status is an answer: it is only about the server taking requests. */
async function answers(endpoint: string): Promise<void> {
  const response = await fetch(`${endpoint}?comp=list`, { signal: AbortSignal.timeout(startDeadlineInMs) });
  await response.arrayBuffer();
}
