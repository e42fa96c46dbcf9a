import { z } from "zod";

const seconds = (normal: number, example: string) =>
  z.coerce.number(`a number of seconds, e.g. ${example}`).nonnegative(`not below 0, e.g. ${example}`).default(normal);
const whole = (normal: number, example: string) =>
  z.coerce.number(`a whole number, e.g. ${example}`).int(`a whole number, e.g. ${example}`).positive().default(normal);
const yesNo = z.enum(["true", "false"], 'either "true" or "false"').transform((word) => word === "true");
const httpsUrl = (example: string) => z.url({ protocol: /^https$/, error: `an https address, e.g. ${example}` });
const url = (example: string) => z.url({ protocol: /^https?$/, error: `an address, e.g. ${example}` });

/** Every app setting the connector knows: name, form, default. Anything that is missing here is not read. */
const known = {
  /** Connection string: local runs and Azurite. In Azure the three settings below are used instead. */
  AzureWebJobsStorage: z.string().min(1).optional(),
  AzureWebJobsStorage__blobServiceUri: url("https://account.blob.core.windows.net").optional(),
  AzureWebJobsStorage__queueServiceUri: url("https://account.queue.core.windows.net").optional(),
  AzureWebJobsStorage__accountName: z.string().optional(),
  KEY_VAULT_URI: httpsUrl("https://my-vault.vault.azure.net"),
  GRAPH_ENDPOINT: httpsUrl("https://graph.microsoft.com").default("https://graph.microsoft.com"),
  ENTRA_AUTHORITY_HOST: httpsUrl("https://login.microsoftonline.com").default("https://login.microsoftonline.com"),
  /** "false" only where the authority is a stand-in that Microsoft's instance discovery does not know. */
  ENTRA_INSTANCE_DISCOVERY: yesNo.default(true),
  /** "false" only where the vault is a stand-in outside vault.azure.net. */
  KEY_VAULT_CHALLENGE_VERIFICATION: yesNo.default(true),
  /** The fixed outbound address that ICE allow-lists; shown to the admin. */
  OUTBOUND_IP: z.string().optional(),
  SETTLE_SECONDS: seconds(30, "30"),
  FETCH_DEADLINE_SECONDS: seconds(1500, "1500"),
  FETCH_AT_ONCE: whole(4, "4"),
  INCOMPLETE_TRIES: whole(5, "5"),
  INCOMPLETE_WAIT_SECONDS: seconds(900, "900"),
  STALL_SECONDS: seconds(60, "60"),
  FETCH_RETRY_SECONDS: seconds(1800, "1800"),
  PEOPLE_WAIT_SECONDS: seconds(10, "10"),
  LOCK_SECONDS: z.coerce
    .number("a number of seconds, e.g. 60")
    .min(15, "15 to 60, e.g. 60")
    .max(60, "15 to 60, e.g. 60")
    .default(60),
  SLICE_SECONDS: seconds(240, "240"),
  LOCK_WAIT_SECONDS: seconds(120, "120"),
  DOUBT_WAIT_SECONDS: seconds(900, "900"),
  DOUBT_WAIT_ANSWERED_SECONDS: seconds(60, "60"),
  DOUBT_LIMIT_SECONDS: seconds(86_400, "86400"),
  STANDSTILL_SECONDS: seconds(900, "900"),
  PLAINTEXT_DAYS: seconds(7, "7"),
  SECRET_CACHE_SECONDS: seconds(300, "300"),
  /** When connectors are looked through for one that is due; NCRONTAB. */
  FETCH_SCHEDULE: z.string().optional(),
  SWEEP_SCHEDULE: z.string().optional(),
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
}

/**
 * Reads the app settings.
 * @throws WrongSettings naming every setting that is missing or wrong. Values are not repeated: they may be secrets.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(settingNames.map((name) => [name, environment[name] || undefined]));
  const read = settings.safeParse(given);
  const faults = read.error?.issues.map((issue) => `${issue.path.join(".")}: must be ${issue.message}`) ?? [];
  const storage =
    given["AzureWebJobsStorage"] ??
    given["AzureWebJobsStorage__blobServiceUri"] ??
    given["AzureWebJobsStorage__accountName"];
  if (storage === undefined) {
    faults.push(
      "AzureWebJobsStorage__accountName: is missing; give the storage account's name, e.g. stchatarchiveprod, or AzureWebJobsStorage=UseDevelopmentStorage=true on a laptop",
    );
  }
  if (!read.success || faults.length > 0) {
    throw new WrongSettings(`The app settings need a hand:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
  return read.data;
}
