import * as z from "zod";
import { isSchedule } from "./is-schedule.ts";

const amount = (unit: string, normal: number) => {
  const problem = `a number of ${unit}, 0 or more, e.g. ${normal}`;
  return z.coerce.number(problem).nonnegative(problem).default(normal);
};
const seconds = (normal: number) => amount("seconds", normal);
const whole = (normal: number) => {
  const problem = `a whole number, 1 or more, e.g. ${normal}`;
  return z.coerce.number(problem).int(problem).positive(problem).default(normal);
};
const lockInSeconds = "a number of seconds from 15 to 60, e.g. 60";
// Alerts look at the last half hour, for what only a sweep that does everything tells.
const quietSweep = "a number of seconds from 0 to 1500, e.g. 840";
const ncrontab = z
  .string()
  .refine(isSchedule, 'a schedule in NCRONTAB\'s six fields, e.g. "0 */5 * * * *" (every five minutes)')
  .optional();
const yesNo = z.enum(["true", "false"], 'either "true" or "false"').transform((word) => word === "true");
const httpsUrl = (example: string) => z.url({ protocol: /^https$/, error: `an https address, e.g. ${example}` });
const url = (example: string) => z.url({ protocol: /^https?$/, error: `an address, e.g. ${example}` });

/** Every app setting the connector knows: name, form, default. Anything that is missing here is not read. */
const known = {
  /** Connection string: local runs and Azurite. In Azure the three settings below are used instead. */
  AzureWebJobsStorage: z.string().min(1).optional(),
  AzureWebJobsStorage__blobServiceUri: url("https://account.blob.core.windows.net").optional(),
  AzureWebJobsStorage__queueServiceUri: url("https://account.queue.core.windows.net").optional(),
  AzureWebJobsStorage__accountName: z
    .string()
    .regex(
      /^[a-z0-9]{3,24}$/,
      "a storage account's name, 3 to 24 lower-case letters and digits, e.g. stchatarchiveprod",
    )
    .optional(),
  KEY_VAULT_URI: httpsUrl("https://my-vault.vault.azure.net"),
  GRAPH_ENDPOINT: httpsUrl("https://graph.microsoft.com").default("https://graph.microsoft.com"),
  ENTRA_AUTHORITY_HOST: httpsUrl("https://login.microsoftonline.com").default("https://login.microsoftonline.com"),
  /** "false" only where the authority is a stand-in that Microsoft's instance discovery does not know. */
  ENTRA_INSTANCE_DISCOVERY: yesNo.default(true),
  /** "false" only where the vault is a stand-in outside vault.azure.net. */
  KEY_VAULT_CHALLENGE_VERIFICATION: yesNo.default(true),
  /** The role of whoever calls, on a laptop only: it does nothing in Azure, and nothing for calls from elsewhere. */
  PORTAL_DEVELOPMENT_ROLE: z.enum(["admin", "reader"], '"admin" or "reader"').optional(),
  /** The fixed outbound address that ICE allow-lists; shown to the admin. */
  OUTBOUND_IP: z.string().optional(),
  SETTLE_SECONDS: seconds(30),
  FETCH_DEADLINE_SECONDS: seconds(1500),
  FETCH_AT_ONCE: whole(4),
  INCOMPLETE_TRIES: whole(5),
  INCOMPLETE_WAIT_SECONDS: seconds(900),
  STALL_SECONDS: seconds(60),
  FETCH_RETRY_SECONDS: seconds(1800),
  SFTP_CONNECT_SECONDS: whole(20),
  SFTP_SILENCE_SECONDS: whole(15),
  PEOPLE_WAIT_SECONDS: seconds(10),
  LOCK_SECONDS: z.coerce.number(lockInSeconds).min(15, lockInSeconds).max(60, lockInSeconds).default(60),
  SLICE_SECONDS: seconds(240),
  LOCK_WAIT_SECONDS: seconds(120),
  DOUBT_WAIT_SECONDS: seconds(900),
  // Never 0: a search that lags a moment would let an item be created twice.
  DOUBT_WAIT_ANSWERED_SECONDS: whole(60),
  DOUBT_LIMIT_SECONDS: seconds(86_400),
  OUTAGE_WAIT_SECONDS: seconds(60),
  UNAUTHORISED_WAIT_SECONDS: seconds(300),
  /** True after lines of the ledger were lost, as by a failover of storage. */
  LOOK_FIRST: yesNo.default(false),
  STANDSTILL_SECONDS: seconds(900),
  WAITING_ALERT_SECONDS: seconds(7200),
  QUIET_SWEEP_SECONDS: z.coerce.number(quietSweep).min(0, quietSweep).max(1500, quietSweep).default(840),
  PLAINTEXT_DAYS: amount("days", 7),
  SECRET_CACHE_SECONDS: seconds(300),
  /** When connectors are looked through for one that is due; NCRONTAB. */
  FETCH_SCHEDULE: ncrontab,
  SWEEP_SCHEDULE: ncrontab,
  /** "EventGrid" in Azure, "LogsAndContainerScan" on Azurite. */
  BLOB_TRIGGER_SOURCE: z
    .enum(["EventGrid", "LogsAndContainerScan"], '"EventGrid" or "LogsAndContainerScan"')
    .default("EventGrid"),
} as const;

const settings = z.object(known);
/** The connector's settings, checked. */
export type Settings = z.infer<typeof settings>;

/** Names of all app settings that are read. */
export const settingNames: readonly string[] = Object.keys(known);

/** The app's settings are wrong; the message names each setting, what is wrong with it and an example. */
export class WrongSettings extends Error {
  override readonly name = "WrongSettings";
  readonly messageIsOurs = true;
  /** Each begins with the setting's name. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The app settings need a hand:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.faults = faults;
  }
}

/**
 * Reads the app settings.
 * @throws WrongSettings naming every setting that is missing or wrong. Values are not repeated: they may be secrets.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(settingNames.map((name) => [name, environment[name] || undefined]));
  const read = settings.safeParse(given);
  const faults = read.error?.issues.map((issue) => `${issue.path.join(".")}: must be ${issue.message}`) ?? [];
  if (read.success) faults.push(...toContradictions(read.data));
  if (!namesStorage(given)) {
    faults.push(
      "AzureWebJobsStorage__accountName: is missing; give the storage account's name, e.g. stchatarchiveprod, or AzureWebJobsStorage=UseDevelopmentStorage=true on a laptop",
    );
  }
  if (!read.success || faults.length > 0) throw new WrongSettings(faults);
  return read.data;
}

const storageOnly = settings.pick({
  AzureWebJobsStorage: true,
  AzureWebJobsStorage__blobServiceUri: true,
  AzureWebJobsStorage__queueServiceUri: true,
  AzureWebJobsStorage__accountName: true,
  ENTRA_AUTHORITY_HOST: true,
  ENTRA_INSTANCE_DISCOVERY: true,
});
/** As much of the settings as it takes to reach storage. */
export type StorageSettings = z.infer<typeof storageOnly>;

/** Reads what it takes to reach storage, whatever is wrong with the rest; undefined when storage itself is not named rightly. */
export function parseStorageSettings(
  environment: Readonly<Record<string, string | undefined>>,
): StorageSettings | undefined {
  const given = Object.fromEntries(settingNames.map((name) => [name, environment[name] || undefined]));
  const read = storageOnly.safeParse(given);
  return read.success && namesStorage(given) ? read.data : undefined;
}

/** By connection string, by account, or by both services' addresses. */
function namesStorage(given: Readonly<Record<string, string | undefined>>): boolean {
  const isGiven = (name: keyof typeof known) => given[name] !== undefined;
  const services = ["AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri"] as const;
  return isGiven("AzureWebJobsStorage") || isGiven("AzureWebJobsStorage__accountName") || services.every(isGiven);
}

/** Waits that do not fit together. Told here, by the settings' names: the stage that they hurt knows others. */
function toContradictions({ LOCK_SECONDS, DOUBT_WAIT_SECONDS, DOUBT_LIMIT_SECONDS }: Settings): string[] {
  const faults: string[] = [];
  // A request lasts half a lock, and is begun within a third of the wait: the wait has to outlast both together.
  if (DOUBT_WAIT_SECONDS < LOCK_SECONDS * 0.75) {
    faults.push(
      `DOUBT_WAIT_SECONDS: must be three quarters of LOCK_SECONDS (${LOCK_SECONDS}) or more, or an item could come twice, e.g. 900`,
    );
  }
  if (DOUBT_LIMIT_SECONDS < DOUBT_WAIT_SECONDS) {
    faults.push(
      `DOUBT_LIMIT_SECONDS: must be DOUBT_WAIT_SECONDS (${DOUBT_WAIT_SECONDS}) or more, or an item in doubt would fail before it may be looked for, e.g. 86400`,
    );
  }
  return faults;
}
