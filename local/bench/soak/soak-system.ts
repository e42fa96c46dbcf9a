import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { connector } from "../../../shared/config/connector.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { startAzurite } from "../../azurite/azurite.ts";
import { bundle } from "../../build/esbuild-bundle.ts";
import type { HostLogLine } from "../../host/log.ts";
import { type RunningHost, startHost } from "../../host/start-host.ts";
import { openSecretStore } from "../../key-vault/secret-store.ts";
import { startSftpSite } from "../../sftp/start-sftp-site.ts";
import { startStandIns } from "../../stand-ins/start-stand-ins.ts";
import { toLaptopSettings } from "../../start/laptop-settings.ts";
import { repository } from "../../start/repository.ts";
import { saveConnector } from "../../start/save-connector.ts";
import { seedSecret } from "../../start/seed-secrets.ts";
import { toAddress } from "../input/chat-day.ts";

/** The local system as the soak uses it. */
export interface SoakSystem {
  readonly host: RunningHost;
  /** What the site serves. */
  readonly siteFolder: string;
  readonly publicKey: string;
  stop(): Promise<void>;
}

const name = connectorName.parse("soak");
const user = "SOAK01";
const password = "soak";
/** Timers run when they are told to: a time that does not come. */
const never = "0 0 0 29 2 *";

/** Starts storage, site, stand-ins and functions, all with one connector that takes encrypted files. */
export async function startSoakSystem(mailboxes: number, onLog: (line: HostLogLine) => void): Promise<SoakSystem> {
  const closers: (() => Promise<unknown>)[] = [];
  const folder = await mkdtemp(join(tmpdir(), "soak-"));
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const keep = <T>(running: T, close: (running: T) => Promise<unknown>): T => {
    closers.push(() => close(running));
    return running;
  };
  try {
    const siteFolder = join(folder, "site");
    const publicKey = await seedVault(folder);
    const azurite = keep(await startAzurite(), (one) => one.stop());
    const stateDir = join(folder, "site-keys");
    const site = keep(await startSftpSite({ root: siteFolder, user, password, stateDir }), (one) => one.close());
    const directory = Array.from({ length: mailboxes }, (_, n) => ({
      id: `user${n}`,
      userPrincipalName: toAddress(n),
    }));
    const standIns = keep(await startStandIns({ folder, keepsState: true, directory }), (one) => one.close());
    const storage = openAzureStorage({ connectionString: azurite.connectionString }, systemClock);
    await storage.createMissing();
    await saveConnector(storage.blobs, toConnector(site), "ImId,Mailbox\n");
    await bundle({ entry: repository.entry, outfile: repository.bundle });
    const settings = {
      ...toLaptopSettings(azurite, standIns),
      ...{ FETCH_SCHEDULE: never, SWEEP_SCHEDULE: never },
      // So that a day's cleaning falls into the same day, and every sweep does the same.
      ...{ PLAINTEXT_DAYS: "0", QUIET_SWEEP_SECONDS: "0" },
    };
    const host = keep(await startHost({ bundle: repository.bundle, settings, onLog }), (one) => one.stop());
    return { host, siteFolder, publicKey, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function seedVault(folder: string): Promise<string> {
  const vault = openSecretStore(join(folder, "key-vault"));
  const keys = await generatePgpKeys({ kind: "curve25519", name: "soak", passphrase: password });
  seedSecret(vault, name, "sftp-password", password);
  seedSecret(vault, name, "pgp-private-key-1", keys.privateKey);
  seedSecret(vault, name, "pgp-passphrase-1", password);
  return keys.publicKey;
}

function toConnector({ host, port, fingerprints }: { host: string; port: number; fingerprints: readonly string[] }) {
  const site = { host, port, user, hostKeys: fingerprints, folder: "/", login: "password" };
  // Due whenever its timer runs.
  return connector.parse({ v: 1, name, feed: user, site, schedule: "* * * * * *", format: "flat-csv" });
}
