import { z } from "zod";
import { connectorName, feedId } from "../chat/identifiers.ts";
import { isSchedule } from "./is-schedule.ts";

/** Every message here says what is right, with an example: the admin sees it beside the field. */
const timeZone = z.string().refine(isTimeZone, "an IANA time zone, e.g. America/New_York or Europe/London");
const schedule = z
  .string()
  .refine(isSchedule, 'a cron schedule in five or six fields, e.g. "0 6 * * *" (daily at 06:00)');
const yesNo = z.boolean("true or false, e.g. false");

function text(problem: string) {
  return z.string(problem).min(1, problem);
}

function whole(problem: string, from: number, to = Number.MAX_SAFE_INTEGER) {
  return z.number(problem).int(problem).min(from, problem).max(to, problem);
}

function patterns(problem: string) {
  return z.array(text(problem), problem);
}

/** Formats a connector may say its files have; "detect" looks at the root element or the header. */
export const formatChoice = z.enum(
  ["detect", "filedump-actiance", "flat-csv"],
  "detect, filedump-actiance or flat-csv, e.g. detect",
);

/**
 * One connector, as `state/connector/{name}` keeps it. It names secrets, it holds none. Times are milliseconds.
 */
export const connector = z.strictObject({
  v: z.literal(1),
  name: connectorName,
  /** @default the firm code */
  feed: feedId,
  isPaused: yesNo.default(false),
  site: z.strictObject({
    host: text("the SFTP host, e.g. sftp.theice.com"),
    port: whole("a port from 1 to 65535, e.g. 22", 1, 65_535).default(22),
    /** ICE gives the firm code as the user name. */
    user: text("the SFTP user, usually the firm code, e.g. ACME01"),
    /** Fingerprints that are trusted, as OpenSSH prints them: SHA256:... */
    hostKeys: z
      .array(
        z
          .string()
          .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "a fingerprint as ssh-keygen -l prints it, e.g. SHA256:47DEQpj8HBSa..."),
      )
      .min(1, "at least one fingerprint that is trusted, e.g. SHA256:47DEQpj8HBSa..."),
    folder: text("a folder of the site, e.g. /outgoing, or . for the user's own").default("/"),
    include: patterns("file name patterns, e.g. *.pgp").optional(),
    exclude: patterns("file name patterns, e.g. *.tmp").default([]),
    /** How the app proves who it is; the secrets' names follow from the connector's. */
    login: z
      .enum(["password", "key", "key-and-password"], "password, key or key-and-password, e.g. password")
      .default("password"),
    /** Whether files are compared with the .md5 and .sha256 files beside them. */
    checksums: z.enum(["compare", "ignore"], "compare or ignore, e.g. compare").default("compare"),
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
        keys: z
          .array(whole("the number of a private key, e.g. 1", 1))
          .min(1, "the number of at least one private key, e.g. 1"),
        /** Armored public keys of accepted signers; none = signatures are not asked for. */
        signers: patterns("armored public keys, e.g. -----BEGIN PGP PUBLIC KEY BLOCK-----...").default([]),
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
      isAutomatic: yesNo.default(true),
    })
    .default({ isAutomatic: true }),
  /** Most items a site day may have before it is held; 0 = no limit. */
  itemLimit: whole("a whole number of items, 0 for no limit, e.g. 200000", 0).default(200_000),
  item: z
    .strictObject({
      itemClass: text("a message class, e.g. IPM.Note").default("IPM.Note"),
      withAttachments: yesNo.default(true),
      /** Recipients in the item's header; the rest stand in its body. */
      recipientCap: whole("a whole number from 1 to 500, e.g. 500", 1, 500).default(500),
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
