import { mkdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { connector } from "../../../shared/config/connector.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { startAzurite } from "../../azurite/azurite.ts";
import { openSecretStore } from "../../key-vault/secret-store.ts";
import { type StandIns, startStandIns } from "../../stand-ins/start-stand-ins.ts";
import { toLaptopSettings } from "../../start/laptop-settings.ts";
import { saveConnector } from "../../start/save-connector.ts";
import { seedSecret } from "../../start/seed-secrets.ts";
import { toAddress } from "../input/chat-day.ts";
import { encryptedFile, openGpg } from "../input/encrypted-file.ts";
import { type ChatFile, type ChatForm, chatFile } from "../input/write-chat-file.ts";
import type { ChildResult } from "../measure/run-child.ts";
import type { BenchContext } from "../row.ts";
import { type BenchSite, startBenchSite } from "../site.ts";

/** A day before it is fetched: its file on a real site, its people in a directory, nothing in storage. */
export interface DayWorld {
  readonly file: ChatFile;
  readonly connectionString: string;
  /** Runs steps of the day (bodies/day.ts) in a process of their own. */
  run(steps: readonly ("fetch" | "meet" | "fan-out")[]): Promise<ChildResult>;
  stop(): Promise<void>;
}

const name = connector.shape.name.parse("bench");

/** Makes the input ready and starts Azurite (in memory), sshd, and the stand-ins of Entra, Key Vault and Graph. */
export async function startDayWorld(context: BenchContext, form: ChatForm, messages: number): Promise<DayWorld> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };
  try {
    const file = await chatFile(context.folder, form, { messages, mailboxes: context.mailboxes });
    const gpg = await openGpg(context.folder);
    closers.push(() => gpg.close());
    const { path, privateKey } = await encryptedFile(context.folder, gpg, file);
    const site = await startBenchSite(context.scratch);
    closers.push(() => site.close());
    const azurite = await startAzurite();
    closers.push(() => azurite.stop());
    const standIns = await startStandIns({
      folder: await seedVault(context, { "pgp-private-key-1": privateKey, "sftp-private-key": site.privateKey }),
      keepsState: true,
      directory: toDirectory(context.mailboxes),
    });
    closers.push(() => standIns.close());
    const { connectionString } = azurite;
    const storage = openAzureStorage({ connectionString }, systemClock);
    await storage.createMissing();
    await saveConnector(storage.blobs, await toConnector(context, site, path, form), "ImId,Mailbox\n");
    const settings = { ...toLaptopSettings(azurite, standIns), SETTLE_SECONDS: "0.01" };
    return { file, connectionString, stop, run: toRun(context, settings, standIns) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function toRun(context: BenchContext, settings: Record<string, string>, standIns: StandIns): DayWorld["run"] {
  const { mailboxes } = context;
  return (steps) =>
    context.child(
      "day",
      { settings, connector: name, mailboxes, steps },
      { isBuilt: true, env: { ...standIns.environment } },
    );
}

async function seedVault(
  context: BenchContext,
  secrets: Readonly<Record<"pgp-private-key-1" | "sftp-private-key", string>>,
) {
  const folder = join(context.scratch, `stand-ins-${process.hrtime.bigint()}`);
  await mkdir(folder, { recursive: true });
  const vault = openSecretStore(join(folder, "key-vault"));
  seedSecret(vault, name, "pgp-private-key-1", secrets["pgp-private-key-1"]);
  seedSecret(vault, name, "sftp-private-key", secrets["sftp-private-key"]);
  return folder;
}

function toDirectory(mailboxes: number) {
  return Array.from({ length: mailboxes }, (_, person) => ({
    id: `00000000-0000-4000-8000-${String(person).padStart(12, "0")}`,
    userPrincipalName: toAddress(person),
    mail: toAddress(person),
    displayName: `Trader ${person}`,
  }));
}

async function toConnector(context: BenchContext, site: BenchSite, path: string, form: ChatForm) {
  const folder = await site.serve(join(context.scratch, `site-${site.port}`), path, `day.${form}.pgp`);
  const at = new Date("2026-06-04T03:00:00Z");
  await utimes(join(folder, `day.${form}.pgp`), at, at);
  const { host, port, user, fingerprints } = site;
  const ofSite = { host, port, user, hostKeys: [fingerprints.ed25519], folder, login: "key" };
  return connector.parse({ v: 1, name, feed: "BENCH", site: ofSite, itemLimit: 0 });
}
