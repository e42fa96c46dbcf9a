import * as z from "zod";
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

/** A fingerprint of a host key, as OpenSSH prints it. */
export const hostKeyFingerprint = z
  .string("a fingerprint as ssh-keygen -l prints it, e.g. SHA256:47DEQpj8HBSa...")
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "a fingerprint as ssh-keygen -l prints it, e.g. SHA256:47DEQpj8HBSa...")
  .describe("Fingerprint of a host key, as OpenSSH prints it: SHA256: and 43 characters.");

/** What a connector's site is made of, each field by itself and without its default. */
export const siteFields = {
  host: text("the SFTP host, e.g. sftp.theice.com").describe("The SFTP host, without scheme and port."),
  port: whole("a port from 1 to 65535, e.g. 22", 1, 65_535).describe("Its port; 22 unless said otherwise."),
  user: text("the SFTP user, usually the firm code, e.g. ACME01").describe(
    "Who signs in. ICE gives the firm code as the user name.",
  ),
  hostKeys: z
    .array(hostKeyFingerprint, "a list of fingerprints, e.g. SHA256:47DEQpj8HBSa...")
    .min(1, "at least one fingerprint that is trusted, e.g. SHA256:47DEQpj8HBSa...")
    .describe("Fingerprints that are trusted; to any other host nothing is sent."),
  folder: text("a folder of the site, e.g. /outgoing, or . for the user's own").describe(
    "Where the files lie; / unless said otherwise.",
  ),
  include: patterns("file name patterns, e.g. *.pgp").describe(
    "Patterns (* ? {a,b}) of the files to fetch; without any, those that drop files are known by.",
  ),
  exclude: patterns("file name patterns, e.g. *.tmp").describe("Patterns of files to leave alone."),
  login: z
    .enum(["password", "key", "key-and-password"], "password, key or key-and-password, e.g. password")
    .describe("How the app proves who it is; password unless said otherwise."),
  checksums: z
    .enum(["compare", "ignore"], "compare or ignore, e.g. compare")
    .describe("Whether files are compared with the .md5 and .sha256 files beside them; compare unless said otherwise."),
} as const;

/** Numbers of the private keys in the vault, newest first; old ones stay as long as evidence needs them. */
export const keyNumbers = z.array(whole("the number of a private key, e.g. 1", 1), "numbers of private keys, e.g. 1");
/** Armored public keys of accepted signers; none = signatures are not asked for. */
export const signers = patterns("armored public keys, e.g. -----BEGIN PGP PUBLIC KEY BLOCK-----...");

/** Whose chats are imported. */
export const peopleChoice = z
  .discriminatedUnion(
    "type",
    [
      z.strictObject({ type: z.literal("everybody") }).describe("Everybody who has a mailbox."),
      z.strictObject({ type: z.literal("list") }).describe("Those on the connector's hold list."),
      z
        .strictObject({
          type: z.literal("group"),
          group: z
            .string("an Entra group's object id, e.g. 11111111-2222-3333-4444-555555555555")
            .regex(
              /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
              "an Entra group's object id in lower case, e.g. 11111111-2222-3333-4444-555555555555",
            )
            .brand<"ObjectId">()
            .describe("The group's object id."),
        })
        .describe("The members of an Entra group, and those of groups in it."),
    ],
    "everybody, list, or group with the group's object id",
  )
  .describe("Whose chats are imported; everybody's unless said otherwise.");
/** Whose chats are imported. */
export type PeopleChoice = z.infer<typeof peopleChoice>;

const itemFields = {
  itemClass: text("a message class, e.g. IPM.Note").describe(
    "Message class of the items; IPM.Note unless said otherwise.",
  ),
  withAttachments: yesNo.describe("Whether files that were sent are attached to the items."),
  recipientCap: whole("a whole number from 1 to 500, e.g. 500", 1, 500).describe(
    "Recipients in an item's header; the rest stand in its body.",
  ),
} as const;

/** What a person decides about a connector besides its site and keys, each field by itself and without its default. */
export const choiceFields = {
  isPaused: yesNo.describe("Whether nothing is fetched by schedule."),
  zone: timeZone.describe("Zone in which the site's days are cut and the schedule is read; UTC unless said otherwise."),
  schedule: schedule.describe("When to fetch, in the connector's zone; daily at 06:00 unless said otherwise."),
  format: formatChoice.describe("The files' format; it is detected unless said otherwise."),
  timestampZone: timeZone.describe("Zone of timestamps that name none; without it such a timestamp is an error."),
  fieldNames: z
    .record(z.string(), z.string(), "names of ours with the file's names, e.g. ImId and UserName")
    .describe("Columns of flat formats that bear other names: our name with the file's."),
  mapping: z
    .strictObject(
      {
        isAutomatic: yesNo.describe("Whether people are found by their own addresses whom the mapping does not name."),
      },
      "isAutomatic with true or false",
    )
    .describe("How people are mapped."),
  people: peopleChoice,
  itemLimit: whole("a whole number of items, 0 for no limit, e.g. 200000", 0).describe(
    "Most items a site day may have before it is held for a release; 0 is no limit, 200,000 unless said otherwise.",
  ),
  item: z.strictObject(itemFields).describe("How items are made."),
} as const;

/**
 * One connector, as `state/connector/{name}` keeps it. It names secrets, it holds none. Times are milliseconds.
 */
export const connector = z.strictObject({
  v: z.literal(1),
  name: connectorName,
  /** @default the firm code */
  feed: feedId,
  isPaused: choiceFields.isPaused.default(false),
  site: z.strictObject({
    ...siteFields,
    port: siteFields.port.default(22),
    folder: siteFields.folder.default("/"),
    include: siteFields.include.optional(),
    exclude: siteFields.exclude.default([]),
    login: siteFields.login.default("password"),
    checksums: siteFields.checksums.default("compare"),
  }),
  zone: choiceFields.zone.default("UTC"),
  schedule: choiceFields.schedule.default("0 6 * * *"),
  encryption: z
    .discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("pgp"),
        keys: keyNumbers.min(1, "the number of at least one private key, e.g. 1"),
        signers: signers.default([]),
      }),
      z.strictObject({ type: z.literal("none") }),
    ])
    .default({ type: "pgp", keys: [1], signers: [] }),
  format: choiceFields.format.default("detect"),
  timestampZone: choiceFields.timestampZone.optional(),
  fieldNames: choiceFields.fieldNames.default({}),
  mapping: choiceFields.mapping
    .extend({ isAutomatic: choiceFields.mapping.shape.isAutomatic.default(true) })
    .default({ isAutomatic: true }),
  people: choiceFields.people.default({ type: "everybody" }),
  itemLimit: choiceFields.itemLimit.default(200_000),
  item: z
    .strictObject({
      itemClass: itemFields.itemClass.default("IPM.Note"),
      withAttachments: itemFields.withAttachments.default(true),
      recipientCap: itemFields.recipientCap.default(500),
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
