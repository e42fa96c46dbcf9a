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
import { type StandIns, startStandIns } from "../../local/stand-ins/start-stand-ins.ts";
import { toLaptopSettings } from "../../local/start/laptop-settings.ts";
import { openAzureStorage } from "../../shared/store/azure-storage.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { systemClock } from "../../shared/store/system-clock.ts";

const root = join(import.meta.dirname, "..", "..");

/** The local system without any connector, as it is right after a deployment. */
export interface SetupWorld {
  readonly url: string;
  readonly folder: string;
  readonly standIns: StandIns;
  readonly blobs: Blobs;
  /** What the app has logged. */
  readonly lines: readonly HostLogLine[];
  /** Asks the API as an admin, or as somebody else. */
  call(
    path: string,
    init?: RequestInit & { readonly role?: "Connector.Admin" | "Connector.Reader" },
  ): Promise<Response>;
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
  return {
    url,
    folder,
    standIns,
    blobs: storage.blobs,
    lines,
    startForReader: () => start("reader"),
    call: async (path, { headers, ...init } = {}) =>
      await fetch(`${url}/api/v1${path}`, {
        ...init,
        headers: { "x-icechat": "1", ...Object.fromEntries(new Headers(headers)) },
      }),
    countItems: async (userId) => {
      const file = join(folder, "mailboxes.json");
      await standIns.graph.exportTo(file);
      const all = mailboxes.parse(JSON.parse(await readFile(file, "utf8")));
      return Object.values(all[userId] ?? {}).reduce((sum, items) => sum + items.length, 0);
    },
    release: async () => {
      await Promise.all(hosts.map((host) => host.kill()));
      await standIns.close();
      await azurite.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
