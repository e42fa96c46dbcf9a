import { Cron } from "croner";
import { z } from "zod";
import { connectorName, feedId } from "../chat/identifiers.ts";

const timeZone = z.string().refine(isTimeZone, "an IANA time zone, e.g. America/New_York or Europe/London");
const schedule = z
  .string()
  .refine(isSchedule, 'a cron schedule in five or six fields, e.g. "0 6 * * *" (daily at 06:00)');

/** Formats a connector may say its files have; "detect" looks at the root element or the header. */
export const formatChoice = z.enum(["detect", "filedump-actiance", "flat-csv"]);

/**
 * One connector, as `state/connector/{name}` keeps it. It names secrets, it holds none. Times are milliseconds.
 */
export const connector = z.strictObject({
  v: z.literal(1),
  name: connectorName,
  /** @default the firm code */
  feed: feedId,
  isPaused: z.boolean().default(false),
  site: z.strictObject({
    host: z.string().min(1, "the SFTP host, e.g. sftp.theice.com"),
    port: z.number().int().min(1).max(65_535).default(22),
    /** ICE gives the firm code as the user name. */
    user: z.string().min(1, "the SFTP user, usually the firm code"),
    /** Fingerprints that are trusted, as OpenSSH prints them: SHA256:... */
    hostKeys: z
      .array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "a fingerprint such as SHA256:47DEQpj8HBSa..."))
      .min(1),
    folder: z.string().default("/"),
    include: z.array(z.string()).optional(),
    exclude: z.array(z.string()).default([]),
    /** How the app proves who it is; the secrets' names follow from the connector's. */
    login: z.enum(["password", "key", "key-and-password"]).default("password"),
  }),
  /** Zone in which the site's days are cut and naive schedules are read. */
  zone: timeZone.default("UTC"),
  /** When to fetch. @default daily at 06:00 in the connector's zone */
  schedule: schedule.default("0 6 * * *"),
  encryption: z
    .discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("pgp"),
        /** Numbers of the private keys in Key Vault, newest first; old ones stay as long as evidence needs them. */
        keys: z.array(z.number().int().positive()).min(1),
        /** Armored public keys of accepted signers; none = signatures are not asked for. */
        signers: z.array(z.string()).default([]),
      }),
      z.strictObject({ type: z.literal("none") }),
    ])
    .default({ type: "pgp", keys: [1], signers: [] }),
  format: formatChoice.default("detect"),
  /** Zone of timestamps that name none; without it such a timestamp is an error. */
  timestampZone: timeZone.optional(),
  /** Renamed columns of flat formats: our name -> the file's name. */
  fieldNames: z.record(z.string(), z.string()).default({}),
  mapping: z
    .strictObject({
      /** Map by SenderEmail / RecipientEmail whom the mapping file does not name. */
      isAutomatic: z.boolean().default(true),
    })
    .default({ isAutomatic: true }),
  /** Most items a site day may have before it is held; 0 = no limit. */
  itemLimit: z.number().int().nonnegative().default(200_000),
  item: z
    .strictObject({
      itemClass: z.string().default("IPM.Note"),
      withAttachments: z.boolean().default(true),
      /** Recipients in the item's header; the rest stand in its body. */
      recipientCap: z.number().int().positive().max(500).default(500),
    })
    .default({ itemClass: "IPM.Note", withAttachments: true, recipientCap: 500 }),
});
/** One configured feed. */
export type Connector = z.infer<typeof connector>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function isSchedule(pattern: string): boolean {
  try {
    return new Cron(pattern, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}
