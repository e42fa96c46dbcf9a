import { createHash } from "node:crypto";
import * as z from "zod";

/** Name of a connector: lower-case letters, digits and hyphens, 1 to 40 characters; it opens blob names. */
export const connectorName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, "use 1 to 40 lower-case letters, digits and hyphens, e.g. acme-london")
  .brand<"ConnectorName">();
/** One configured feed's unique name. */
export type ConnectorName = z.infer<typeof connectorName>;

/** Id of a feed: by default the firm code; outlives a connector that is removed and added again. */
export const feedId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, "use 1 to 63 letters, digits, - and _, e.g. the firm code ACME01")
  .brand<"FeedId">();
/** What a connector's items belong to for ever. */
export type FeedId = z.infer<typeof feedId>;

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a date such as 2026-06-03");

/** A day of the SFTP site in the connector's zone, YYYY-MM-DD. */
export const siteDay = isoDate.brand<"SiteDay">();
/** A day of the SFTP site in the connector's zone, YYYY-MM-DD. */
export type SiteDay = z.infer<typeof siteDay>;

/** The UTC date of an item's sentAt, YYYY-MM-DD. */
export const chatDay = isoDate.brand<"ChatDay">();
/** The UTC date of an item's sentAt, YYYY-MM-DD. */
export type ChatDay = z.infer<typeof chatDay>;

/** `{connector}-{siteDay}-{seq}`. */
export const dropId = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?-\d{4}-\d{2}-\d{2}-[1-9]\d{0,3}$/, "a drop such as acme-2026-06-03-1")
  .brand<"DropId">();
/** One connector x one site day, with a `seq` for later arrivals: `{connector}-{siteDay}-{seq}`. */
export type DropId = z.infer<typeof dropId>;

/** Id of a listed file or of a member of an archive: 20 characters of base32hex. */
export const fileId = z
  .string()
  .regex(/^[0-9a-v]{20}$/, "a file id")
  .brand<"FileId">();
/** Names a listed file, or a member of an archive, without telling its name. */
export type FileId = z.infer<typeof fileId>;

/** A person's ICE Chat identity, as the export spells it. */
export const imId = z.string().min(1).max(256).brand<"ImId">();
/** A person's ICE Chat identity, as the export spells it. */
export type ImId = z.infer<typeof imId>;

/** An address that may name a mailbox. */
export const mailboxAddress = z
  .string()
  .max(320)
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, "an address such as jane.doe@contoso.com")
  .brand<"MailboxAddress">();
/** An address that may name a mailbox. */
export type MailboxAddress = z.infer<typeof mailboxAddress>;

/** Entra object id: a GUID; a directory on a laptop may have any plain word. In lower case, since Entra knows no other. */
export const objectId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "an Entra object id (a GUID in lower case)")
  .brand<"ObjectId">();
/** Entra object id of a user. */
export type ObjectId = z.infer<typeof objectId>;

/** `{oid}.{epoch}`. */
export const mailboxId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}\.\d{1,4}$/, "a mailbox such as <object id>.0")
  .brand<"MailboxId">();
/** A mailbox: an Entra object id and an epoch that goes up when the mailbox was made anew. Never an address. */
export type MailboxId = z.infer<typeof mailboxId>;

/** base64url of a SHA-256. */
export const importKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, "an import key")
  .brand<"ImportKey">();
/** What makes an item the same item (design: exactly once). */
export type ImportKey = z.infer<typeof importKey>;

/** Id of a check that the app makes of itself: a UUID. */
export const checkId = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a check's id, a UUID")
  .brand<"CheckId">();
/** Id of a check that the app makes of itself. */
export type CheckId = z.infer<typeof checkId>;

/** SHA-256 in lower-case hexadecimal. */
export const sha256Hex = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal")
  .brand<"Sha256Hex">();
/** SHA-256 in lower-case hexadecimal. */
export type Sha256Hex = z.infer<typeof sha256Hex>;

/** Builds a drop's id. @throws ZodError when the parts do not make one. */
export function toDropId(connector: ConnectorName, day: SiteDay, seq: number): DropId {
  return dropId.parse(`${connector}-${day}-${seq}`);
}

/** Takes a drop's id apart again. */
export function dropParts(id: DropId): { connector: ConnectorName; siteDay: SiteDay; seq: number } {
  const found = /^(.+)-(\d{4}-\d{2}-\d{2})-(\d+)$/.exec(id);
  return {
    connector: connectorName.parse(found?.[1]),
    siteDay: siteDay.parse(found?.[2]),
    seq: Number(found?.[3]),
  };
}

/** Takes a mailbox's id apart. */
export function mailboxParts(id: MailboxId): { oid: ObjectId; epoch: number } {
  const dot = id.indexOf(".");
  return { oid: objectId.parse(id.slice(0, dot)), epoch: Number(id.slice(dot + 1)) };
}

/** Joins an object id and an epoch. */
export function toMailboxId(oid: ObjectId, epoch: number): MailboxId {
  return mailboxId.parse(`${oid}.${epoch}`);
}

const dayInMs = 24 * 60 * 60 * 1000;
/** The last answer: the items of a file lie on few days, and each is asked about several times. */
let lastDay: { readonly number: number; readonly day: ChatDay } | undefined;

/** The UTC date of an instant (ms since 1970). */
export function toChatDay(sentAt: number): ChatDay {
  const number = Math.floor(sentAt / dayInMs);
  if (lastDay?.number !== number) {
    lastDay = { number, day: chatDay.parse(new Date(sentAt).toISOString().slice(0, 10)) };
  }
  return lastDay.day;
}

const base32hex = "0123456789abcdefghijklmnopqrstuv";

/** A file's id from the words that name it (path, size, mtime, member): 100 bits of SHA-256, so that blob names tell no file name. */
export function toFileId(...words: readonly string[]): FileId {
  const digest = createHash("sha256").update(words.join("\u001f")).digest();
  const bits = BigInt(`0x${digest.subarray(0, 13).toString("hex")}`) >> 4n;
  const text = Array.from({ length: 20 }, (_, i) => base32hex[Number((bits >> BigInt(5 * i)) & 31n)]).join("");
  return fileId.parse(text);
}
