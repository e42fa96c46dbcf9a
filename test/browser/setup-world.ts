import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { bundle } from "../../local/build/esbuild-bundle.ts";
import { bundlePortal } from "../../local/build/portal.ts";
import type { DirectoryUserInput } from "../../local/graph/directory-file.ts";
import type { HostLogLine } from "../../local/host/log.ts";
import { type RunningHost, startHost } from "../../local/host/start-host.ts";
import { type RunningSftpSite, startSftpSite } from "../../local/sftp/start-sftp-site.ts";
import { type StandIns, startStandIns } from "../../local/stand-ins/start-stand-ins.ts";
import { toLaptopSettings } from "../../local/start/laptop-settings.ts";
import type { DraftPatch } from "../../shared/config/connector-values.ts";
import { openAzureStorage } from "../../shared/store/azure-storage.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { systemClock } from "../../shared/store/system-clock.ts";

/** The site's password, marked so that it is found wherever it should not be. */
export const password = "marked-secret-hunter2";

const root = join(import.meta.dirname, "..", "..");

/** The local system without any connector, as it is right after a deployment. */
export interface SetupWorld {
  readonly url: string;
  readonly folder: string;
  readonly standIns: StandIns;
  readonly blobs: Blobs;
  /** What the app has logged. */
  readonly lines: readonly HostLogLine[];
  /** ICE's stand-in: a real SSH server with a password. */
  readonly site: RunningSftpSite;
  readonly siteFolder: string;
  /** Asks the API as an admin. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Makes a draft by the API, as the wizard would: signs in with a password, files are not encrypted. */
  makeDraft(name: string, values?: DraftPatch): Promise<void>;
  /** Makes a connector by the API. */
  makeConnector(name: string, values?: DraftPatch): Promise<void>;
  /** The same app for somebody who may only read. */
  startForReader(): Promise<string>;
  /** How many items lie in somebody's mailboxes. */
  countItems(userId: string): Promise<number>;
  release(): Promise<void>;
}

const mailboxes = z.record(z.string(), z.record(z.string(), z.array(z.unknown())));

/** Starts storage, the stand-ins and the functions, with nothing set up. */
export async function openSetupWorld(directory: readonly DirectoryUserInput[]): Promise<SetupWorld> {
  const folder = await mkdtemp(join(tmpdir(), "setup-world-"));
  const outfile = join(folder, "dist", "main.js");
  await mkdir(join(folder, "dist"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", main: "dist/main.js" }));
  await cp(join(root, "host.json"), join(folder, "host.json"));
  const [azurite, standIns] = await Promise.all([
    startAzurite(),
    startStandIns({ folder, directory }),
    bundle({ entry: join(root, "functions", "main.ts"), outfile }),
    bundlePortal(join(folder, "dist", "portal")),
  ]);
  const siteFolder = join(folder, "site");
  const site = await startSftpSite({ root: siteFolder, user: "ACME01", password, stateDir: join(folder, "site-keys") });
  const storage = openAzureStorage({ connectionString: azurite.connectionString }, systemClock);
  await storage.createMissing();
  const lines: HostLogLine[] = [];
  const hosts: RunningHost[] = [];
  const start = async (role: "admin" | "reader"): Promise<string> => {
    const settings = {
      ...toLaptopSettings(azurite, standIns),
      PORTAL_DEVELOPMENT_ROLE: role,
      OUTBOUND_IP: "203.0.113.7",
    };
    const host = await startHost({ bundle: outfile, settings, onLog: (line) => lines.push(line) });
    hosts.push(host);
    return `http://localhost:${host.httpPort}`;
  };
  const url = await start("admin");
  const call: SetupWorld["call"] = async (path, { headers, ...init } = {}) =>
    await fetch(`${url}/api/v1${path}`, {
      ...init,
      headers: { "x-icechat": "1", ...Object.fromEntries(new Headers(headers)) },
    });
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const ifMatch = method === "PATCH" || path.endsWith("/finish") ? { "if-match": "*" } : {};
    const ofBody = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { ...ifMatch, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const response = await call(path, { method, headers, ...ofBody });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const makeDraft = async (name: string, values: DraftPatch = {}): Promise<void> => {
    const ofSite = { host: site.host, port: site.port, hostKeys: [site.fingerprint], login: "password" as const };
    const all = {
      feed: "ACME01",
      encryption: { type: "none" as const },
      ...values,
      site: { ...ofSite, ...values.site },
    };
    await send("POST", "/drafts", { name, values: all });
    await send("PATCH", `/drafts/${name}`, { hasAcceptedTerms: true });
    await send("PUT", `/connectors/${name}/secrets/sftp-password`, { password });
  };
  return {
    url,
    folder,
    site,
    siteFolder,
    standIns,
    blobs: storage.blobs,
    lines,
    startForReader: () => start("reader"),
    call,
    makeDraft,
    makeConnector: async (name, values) => {
      await makeDraft(name, values);
      await send("POST", `/drafts/${name}/finish`);
    },
    countItems: async (userId) => {
      const file = join(folder, "mailboxes.json");
      await standIns.graph.exportTo(file);
      const all = mailboxes.parse(JSON.parse(await readFile(file, "utf8")));
      return Object.values(all[userId] ?? {}).reduce((sum, items) => sum + items.length, 0);
    },
    release: async () => {
      await Promise.all(hosts.map((host) => host.kill()));
      await site.close();
      await standIns.close();
      await azurite.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
