import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type RunningAzurite, startAzurite } from "../../local/azurite/azurite.ts";
import { bundle } from "../../local/build/esbuild-bundle.ts";
import type { HostLogLine } from "../../local/host/log.ts";
import { type RunningHost, startHost } from "../../local/host/start-host.ts";
import { openSecretStore } from "../../local/key-vault/secret-store.ts";
import type { DirectoryUser } from "../../local/sample/sample-types.ts";
import { repository } from "../../local/start/repository.ts";
import { saveConnector } from "../../local/start/save-connector.ts";
import { seedSecret } from "../../local/start/seed-secrets.ts";
import { type ConnectorName, connectorName, feedId } from "../../shared/chat/identifiers.ts";
import { connector } from "../../shared/config/connector.ts";
import { generatePgpKeys } from "../../shared/decrypt/pgp-keys.ts";
import { type AzureStorage, openAzureStorage } from "../../shared/store/azure-storage.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import type { ChaosOptions } from "./chaos-options.ts";
import { toChaosSettings } from "./chaos-settings.ts";
import { type ChildService, startChildService } from "./child-service.ts";
import { toGraphFaults } from "./graph-faults.ts";
import { InFlight } from "./in-flight.ts";
import { Supervised } from "./supervised.ts";

/** The firm whose chats they are. */
export const firm = "ACME01";
/** Several connectors of one feed: what one brings another may bring again. */
export const connectors: readonly ConnectorName[] = ["one", "two", "three"].map((name) => connectorName.parse(name));

const siteReady = z.object({ port: z.number(), fingerprints: z.array(z.string()) });
const url = z.object({ url: z.string() });
const microsoftReady = z.object({
  ports: z.object({ entra: z.number(), keyVault: z.number(), graph: z.number(), page: z.number() }),
  environment: z.record(z.string(), z.string()),
  entra: url,
  keyVault: url,
  graph: url,
});
const hitsTold = z.object({ hits: z.number() });

/** What is told of the people of the firm. */
export interface ChaosCast {
  readonly directory: readonly DirectoryUser[];
  readonly mapping: string;
}

/** The whole local system, each part in processes of its own that come back when they are killed. */
export interface ChaosSystem {
  readonly storage: Supervised<RunningAzurite>;
  readonly microsoft: Supervised<ChildService<z.infer<typeof microsoftReady>>>;
  readonly site: Supervised<ChildService<z.infer<typeof siteReady>>>;
  readonly hosts: readonly Supervised<RunningHost>[];
  readonly inFlight: InFlight;
  /** Storage as this process reaches it, with patience. */
  readonly own: AzureStorage;
  readonly connectionString: string;
  /** Public key to encrypt drop files with. */
  readonly publicKey: string;
  readonly folder: string;
  /** How often the functions have logged each event, and how often Graph's faults have hit. */
  readonly events: ReadonlyMap<string, number>;
  graphFaultHits(): number;
  /** The folder that the site serves to a connector. */
  siteFolderOf(name: ConnectorName): string;
  /** Rejects when a part cannot be started any more. */
  readonly failed: Promise<never>;
  /** Ends the functions in order; the rest goes on. */
  stopHosts(): Promise<void>;
  close(): Promise<void>;
}

/** Starts everything. */
export async function startChaosSystem(options: ChaosOptions, cast: ChaosCast): Promise<ChaosSystem> {
  const folder = await mkdtemp(join(tmpdir(), "chaos-"));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
  };
  try {
    return { ...(await startParts(options, cast, folder, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  options: ChaosOptions,
  cast: ChaosCast,
  folder: string,
  closers: (() => Promise<unknown>)[],
): Promise<Omit<ChaosSystem, "close">> {
  const password = randomBytes(18).toString("base64url");
  const outfile = join(folder, "app", "dist", "main.js");
  const building = buildApp(folder, outfile);
  const publicKey = await seedVault(folder, password);
  let hits = 0;
  const storage = superviseStorage(folder);
  const site = superviseSite(folder, password);
  const microsoft = superviseMicrosoft(options, cast, folder, (more) => {
    hits += more;
  });
  for (const part of [storage, site, microsoft]) closers.push(() => part.stop());
  const { connectionString } = await storage.current();
  const own = openAzureStorage({ connectionString }, systemClock, { maxTries: 7, retryDelayInMs: 200 });
  await own.createMissing();
  await saveConnectors(own, (await site.current()).ready, cast);
  await building;
  const settings = toChaosSettings({ connectionString }, (await microsoft.current()).ready);
  const inFlight = new InFlight();
  const events = new Map<string, number>();
  const logFile = options.log === undefined ? undefined : createWriteStream(options.log);
  const onLog = (line: HostLogLine): void => {
    countEvent(events, line);
    logFile?.write(`${JSON.stringify(line)}\n`);
  };
  const hosts = Array.from({ length: options.processes }, (_, n) =>
    superviseHost(`host-${n + 1}`, { outfile, settings, inFlight, onLog }),
  );
  closers.push(() => Promise.all(hosts.map((host) => host.stop())));
  await Promise.all(hosts.map((host) => host.current()));
  const parts = [storage, site, microsoft, ...hosts];
  return {
    ...{ storage, site, microsoft, hosts, inFlight, own, connectionString, publicKey, folder, events },
    graphFaultHits: () => hits,
    siteFolderOf: (name) => join(folder, "site", name),
    failed: Promise.race(parts.map((part) => part.failed)),
    stopHosts: async () => {
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}

/** In a folder of its own: another build must not change the app under the hosts' hands. */
async function buildApp(folder: string, outfile: string): Promise<void> {
  await mkdir(join(folder, "app"), { recursive: true });
  await writeFile(join(folder, "app", "package.json"), JSON.stringify({ type: "module", main: "dist/main.js" }));
  await bundle({ entry: repository.entry, outfile });
}

async function seedVault(folder: string, password: string): Promise<string> {
  const passphrase = randomBytes(12).toString("base64url");
  const keys = await generatePgpKeys({ kind: "curve25519", name: "chaos", passphrase });
  const vault = openSecretStore(join(folder, "microsoft", "key-vault"));
  for (const name of connectors) {
    seedSecret(vault, name, "sftp-password", password);
    seedSecret(vault, name, "pgp-private-key-1", keys.privateKey);
    seedSecret(vault, name, "pgp-passphrase-1", passphrase);
  }
  return keys.publicKey;
}

/** On the same ports and with the same data each time. */
function superviseStorage(folder: string): Supervised<RunningAzurite> {
  const accountKey = randomBytes(64).toString("base64");
  let ports: { blobPort?: number; queuePort?: number } = {};
  return new Supervised("storage", async () => {
    const azurite = await startAzurite({ folder: join(folder, "azurite"), accountKey, ...ports });
    const portOf = (endpoint: string): number => Number(new URL(endpoint).port);
    ports = { blobPort: portOf(azurite.blobEndpoint), queuePort: portOf(azurite.queueEndpoint) };
    return azurite;
  });
}

function superviseSite(folder: string, password: string): ChaosSystem["site"] {
  let port = 0;
  return new Supervised("site", async () => {
    const root = join(folder, "site");
    for (const name of connectors) await mkdir(join(root, name), { recursive: true });
    const options = { root, user: firm, password, stateDir: join(folder, "site-keys"), port };
    const service = await startChildService({ script: "site-process.ts", options, ready: siteReady });
    port = service.ready.port;
    return service;
  });
}

function superviseMicrosoft(
  { graphFaults, seed }: ChaosOptions,
  { directory }: ChaosCast,
  folder: string,
  onHits: (hits: number) => void,
): ChaosSystem["microsoft"] {
  const clientSecret = randomBytes(24).toString("base64url");
  let ports = {};
  let starts = 0;
  return new Supervised("microsoft", async () => {
    starts += 1;
    const faults = toGraphFaults(graphFaults, Buffer.from(seed).reduce((sum, byte) => sum * 31 + byte, starts) % 9973);
    const service = await startChildService({
      script: "microsoft-process.ts",
      options: { folder: join(folder, "microsoft"), keepsState: true, clientSecret, directory, ports, faults },
      ready: microsoftReady,
      onTold: (told) => onHits(hitsTold.parse(told).hits),
    });
    ports = service.ready.ports;
    return service;
  });
}

async function saveConnectors(own: AzureStorage, site: z.infer<typeof siteReady>, cast: ChaosCast): Promise<void> {
  for (const name of connectors) {
    const { port, fingerprints } = site;
    const given = connector.parse({
      v: 1,
      name,
      feed: feedId.parse(firm),
      site: { host: "127.0.0.1", port, user: firm, hostKeys: fingerprints, folder: `/${name}`, login: "password" },
      zone: "Europe/London",
      schedule: "*/2 * * * * *",
    });
    await saveConnector(own.blobs, given, cast.mapping);
  }
}

function superviseHost(
  name: string,
  deps: {
    readonly outfile: string;
    readonly settings: Record<string, string>;
    readonly inFlight: InFlight;
    readonly onLog: (line: HostLogLine) => void;
  },
): Supervised<RunningHost> {
  const { outfile, settings, inFlight, onLog } = deps;
  return new Supervised(name, async () => {
    const host = await startHost({
      bundle: outfile,
      hostJson: join(repository.entry, "..", "..", "host.json"),
      settings,
      // How long a killed process's work waits, and how long a running function may go on when it is scaled in.
      tuning: { messageLeaseInMs: 4000, drainInMs: 3000, lockPollInMs: 1000 },
      onLog: (line) => {
        inFlight.note(name, line);
        onLog(line);
      },
    });
    void host.exited.then(() => inFlight.forget(name));
    return host;
  });
}

const event = z.looseObject({ event: z.string() });

function countEvent(events: Map<string, number>, { source, message }: HostLogLine): void {
  if (source !== "user" || !message.startsWith("{")) return;
  const parsed = event.safeParse(JSON.parse(message));
  if (parsed.success) events.set(parsed.data.event, (events.get(parsed.data.event) ?? 0) + 1);
}
