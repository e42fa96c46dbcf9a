import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startAzurite } from "../../../local/azurite/azurite.ts";
import { bundle } from "../../../local/build/esbuild-bundle.ts";
import type { DirectoryUserInput } from "../../../local/graph/directory-file.ts";
import type { HostLogLine } from "../../../local/host/log.ts";
import { type RunningHost, startHost } from "../../../local/host/start-host.ts";
import { openSecretStore } from "../../../local/key-vault/secret-store.ts";
import type { SiteFaults } from "../../../local/sftp/faults.ts";
import { type RunningSftpSite, startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { type StandIns, startStandIns } from "../../../local/stand-ins/start-stand-ins.ts";
import { toLaptopSettings } from "../../../local/start/laptop-settings.ts";
import { repository } from "../../../local/start/repository.ts";
import { saveConnector } from "../../../local/start/save-connector.ts";
import { seedSecret } from "../../../local/start/seed-secrets.ts";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { type Connector, connector } from "../../../shared/config/connector.ts";
import type { SecretPart } from "../../../shared/secrets/secret-name.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import type { SiteFile } from "./drop-files.ts";
import { QueueWatch } from "./storage-search.ts";

/** The whole local system, with everything that it says. */
export interface LeakyWorld {
  readonly folder: string;
  readonly connectionString: string;
  readonly accountKey: string;
  readonly blobs: Blobs;
  readonly standIns: StandIns;
  readonly queues: QueueWatch;
  /** All lines of every host and worker, of every level. */
  readonly lines: HostLogLine[];
  /** Every token that was issued. */
  readonly tokens: string[];
  readonly host: RunningHost;
  startHost(): Promise<void>;
  /** Ends the worker by an error outside of every invocation. */
  crash(way: "throw" | "reject", words: string): Promise<void>;
  openSite(name: string, files: readonly SiteFile[], guest: SiteGuest): Promise<RunningSftpSite>;
  connect(name: string, site: RunningSftpSite, more: Choices, mapping?: string): Promise<void>;
  end(): Promise<void>;
}

/** What differs between the connectors. */
export interface Choices {
  readonly login?: "password" | "key" | "key-and-password";
  readonly encryption?: object;
  /** @default once, and again after a failure */
  readonly schedule?: string;
}

/** What the vault has from the beginning: connector, secret, value. */
export type VaultContent = readonly (readonly [connector: string, part: SecretPart, value: string])[];

/** What is there before the functions run. */
export interface LeakyWorldOptions {
  readonly clientSecret: string;
  readonly directory: readonly DirectoryUserInput[];
  readonly secrets: VaultContent;
}

/** Who may sign in to a site, and what it does wrong. */
export interface SiteGuest {
  readonly password: string;
  readonly publicKeys?: readonly string[];
  readonly faults?: SiteFaults;
}

/** Starts storage and the stand-ins; hosts come later. */
export async function startLeakyWorld(options: LeakyWorldOptions): Promise<LeakyWorld> {
  const folder = await mkdtemp(join(tmpdir(), "nothing-leaks-"));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  const end = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };
  try {
    return await startParts({ folder, closers, end, ...options });
  } catch (error) {
    await end();
    throw error;
  }
}

interface Parts extends LeakyWorldOptions {
  readonly folder: string;
  readonly closers: (() => Promise<unknown>)[];
  readonly end: () => Promise<void>;
}

async function startParts({ folder, closers, end, clientSecret, directory, secrets }: Parts): Promise<LeakyWorld> {
  const built = join(folder, "dist", "main.js");
  const building = bundle({ entry: repository.entry, outfile: built });
  const azurite = await startAzurite();
  closers.push(() => azurite.stop());
  const vault = openSecretStore(join(folder, "key-vault"));
  for (const [name, part, value] of secrets) seedSecret(vault, connectorName.parse(name), part, value);
  const standIns = await startStandIns({ folder, keepsState: true, clientSecret, directory });
  closers.push(() => standIns.close());
  const tokens = recordTokens(standIns);
  const storage = openAzureStorage({ connectionString: azurite.connectionString }, systemClock);
  await storage.createMissing();
  const queues = new QueueWatch(azurite.connectionString);
  closers.push(() => queues.end());
  const crashFile = join(folder, "crash");
  const settings = toSettings(toLaptopSettings(azurite, standIns), crashFile);
  await building;
  const lines: HostLogLine[] = [];
  let host: RunningHost | undefined;
  closers.push(async () => await host?.kill());
  return {
    ...{ folder, blobs: storage.blobs, standIns, queues, lines, tokens, end },
    connectionString: azurite.connectionString,
    accountKey: azurite.accountKey,
    get host() {
      if (host === undefined) throw new Error("there is no host yet");
      return host;
    },
    startHost: async () => {
      host = await startHost({
        ...{
          bundle: built,
          hostJson: join(repository.entry, "..", "..", "host.json"),
          settings,
          runAtStart: ["fetchDrops"],
        },
        tuning: { messageLeaseInMs: 4_000 },
        onLog: (line) => lines.push(line),
      });
    },
    crash: async (way, words) => await writeFile(crashFile, `${way}\n${words}`),
    openSite: async (name, files, guest) => {
      const site = await openSite(join(folder, name), files, guest);
      closers.push(() => site.close());
      return site;
    },
    connect: async (name, site, choices, mapping = "ImId,Mailbox\r\n") =>
      await saveConnector(storage.blobs, toConnector(name, site, choices), mapping),
  };
}

/** Waits of a second or two where the laptop's are longer, and messages that come back at once. */
function toSettings(ofLaptop: Record<string, string>, crashFile: string): Record<string, string> {
  const crash = pathToFileURL(join(import.meta.dirname, "crash-on-demand.ts")).href;
  return {
    ...ofLaptop,
    languageWorkers__node__arguments: `--import=${crash}`,
    CRASH_FILE: crashFile,
    AzureFunctionsJobHost__extensions__queues__visibilityTimeout: "00:00:01",
    FETCH_RETRY_SECONDS: "4",
    INCOMPLETE_WAIT_SECONDS: "1",
    DOUBT_WAIT_SECONDS: "12",
    DOUBT_WAIT_ANSWERED_SECONDS: "1",
    SECRET_CACHE_SECONDS: "1",
    STANDSTILL_SECONDS: "8",
  };
}

function recordTokens({ entra }: StandIns): string[] {
  const issued: string[] = [];
  const issue = entra.tokens.issue.bind(entra.tokens);
  entra.tokens.issue = (...args) => {
    const token = issue(...args);
    issued.push(token);
    return token;
  };
  return issued;
}

async function openSite(root: string, files: readonly SiteFile[], guest: SiteGuest): Promise<RunningSftpSite> {
  await mkdir(root, { recursive: true });
  const at = new Date("2026-06-04T03:00:00Z");
  for (const [name, bytes] of files) {
    await writeFile(join(root, name), bytes);
    await utimes(join(root, name), at, at);
  }
  return await startSftpSite({ root, user: "ACME01", stateDir: `${root}-keys`, ...guest });
}

function toConnector(
  name: string,
  { host, port, fingerprints }: RunningSftpSite,
  { login = "password", encryption = { type: "none" }, schedule = "0 0 1 1 *" }: Choices,
): Connector {
  const site = { host, port, user: "ACME01", hostKeys: fingerprints, login };
  return connector.parse({ v: 1, name, feed: name.toUpperCase(), site, schedule, encryption });
}
