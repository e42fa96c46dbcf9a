import { createHash } from "node:crypto";
import type {
  ChatDay,
  CheckId,
  ConnectorName,
  DropId,
  FeedId,
  FileId,
  MailboxId,
  ObjectId,
  SiteDay,
} from "../chat/identifiers.ts";
import type { BlobPath } from "./blobs.ts";

/** Every container of the connector; `holdsPlaintext` ones are emptied some days after a drop is closed. */
export const containers = {
  evidence: { holdsPlaintext: false },
  drops: { holdsPlaintext: true },
  released: { holdsPlaintext: false },
  chats: { holdsPlaintext: true },
  people: { holdsPlaintext: true },
  routed: { holdsPlaintext: true },
  work: { holdsPlaintext: true },
  ledger: { holdsPlaintext: false },
  reports: { holdsPlaintext: false },
  state: { holdsPlaintext: false },
  feeds: { holdsPlaintext: false },
  audit: { holdsPlaintext: false },
} as const;

const chunkNumber = (chunk: number): string => String(chunk).padStart(5, "0");

/** A hash that stands for a path of the SFTP site, so that blob names do not tell it. */
export function toPathHash(path: string): string {
  return createHash("sha256").update(path).digest("hex").slice(0, 24);
}

/** Whose evidence it is. */
interface EvidenceOf {
  readonly feed: FeedId;
  readonly siteDay: SiteDay;
  readonly connector: ConnectorName;
}

/** A file of the SFTP site as it was seen; its times are ms since 1970. */
interface SeenFile {
  readonly path: string;
  readonly sizeInBytes: number;
  readonly modifiedAt: number;
}

/** Where everything durable lies (design: exactly once). People's addresses and file names are in no path. */
export const paths = {
  /** By connector as well: two sites of one feed may have different files of one name, size and time. */
  evidence: (file: EvidenceOf, { path, sizeInBytes, modifiedAt }: SeenFile): BlobPath =>
    `evidence/${file.feed}/${file.siteDay}/${file.connector}/${toPathHash(path)}-${sizeInBytes}-${modifiedAt}`,
  dropFile: (drop: DropId, file: FileId): BlobPath => `drops/${drop}/${file}`,
  /** Content of an attachment, named by its SHA-256. */
  attachment: (drop: DropId, sha256: string): BlobPath => `drops/${drop}/attachments/${sha256}`,
  /** What the validating parse found out of a drop file: participants and rosters, one JSON a line. */
  participants: (drop: DropId, file: FileId): BlobPath => `drops/${drop}/${file}.participants`,
  rosters: (drop: DropId, file: FileId): BlobPath => `drops/${drop}/${file}.rosters`,
  ticket: (drop: DropId, gen: number, file: FileId): BlobPath => `released/${drop}/${gen}/${file}.json`,
  tickets: (drop: DropId, gen: number): BlobPath => `released/${drop}/${gen}/`,
  chunk: (drop: DropId, file: FileId, chunk: number): BlobPath => `chats/${drop}/${file}/${chunkNumber(chunk)}.gz`,
  sealed: (drop: DropId, file: FileId): BlobPath => `chats/${drop}/${file}/sealed.json`,
  people: (drop: DropId, gen: number): BlobPath => `people/${drop}/${gen}.json`,
  routed: (drop: DropId, gen: number, file: FileId, chunk: number): BlobPath =>
    `routed/${drop}/${gen}/${file}/${chunkNumber(chunk)}.gz`,
  routedOf: (drop: DropId, gen: number): BlobPath => `routed/${drop}/${gen}/`,
  work: (drop: DropId, gen: number, mailbox: MailboxId): BlobPath => `work/${drop}/${gen}/${mailbox}.gz`,
  /** What a run's slices have to tell before its result can be written whole. */
  told: (drop: DropId, gen: number, mailbox: MailboxId, piece: number): BlobPath =>
    `work/${drop}/${gen}/${mailbox}.told-${chunkNumber(piece)}.gz`,
  part: (drop: DropId, gen: number, p: number): BlobPath => `work/${drop}/${gen}/part-${p}.json`,
  parts: (drop: DropId, gen: number): BlobPath => `work/${drop}/${gen}/part-`,
  ledger: (day: ChatDay, mailbox: MailboxId, nnnn: number): BlobPath =>
    `ledger/${day}/${mailbox}/${String(nnnn).padStart(4, "0")}.log`,
  ledgerOf: (day: ChatDay, mailbox: MailboxId): BlobPath => `ledger/${day}/${mailbox}/`,
  index: (drop: DropId, gen: number, file: FileId, chunk: number): BlobPath =>
    `reports/index/${drop}/${gen}/${file}/${chunkNumber(chunk)}.gz`,
  indexOf: (drop: DropId, gen: number): BlobPath => `reports/index/${drop}/${gen}/`,
  /** How many items, item x mailbox and unmapped people's items a chunk came to. */
  counted: (drop: DropId, gen: number, file: FileId, chunk: number): BlobPath =>
    `reports/counted/${drop}/${gen}/${file}/${chunkNumber(chunk)}.gz`,
  countedOf: (drop: DropId, gen: number): BlobPath => `reports/counted/${drop}/${gen}/`,
  result: (drop: DropId, gen: number, mailbox: MailboxId): BlobPath => `reports/result/${drop}/${gen}/${mailbox}`,
  results: (drop: DropId, gen: number): BlobPath => `reports/result/${drop}/${gen}/`,
  dropReport: (drop: DropId, gen: number): BlobPath => `reports/drop/${drop}/${gen}.json`,
  /** A table of the report; `kind` is one of report-csv.ts. */
  reportCsv: (drop: DropId, gen: number, kind: string): BlobPath => `reports/drop/${drop}/${gen}/${kind}.csv`,
  dayReport: (day: ChatDay, drop: DropId): BlobPath => `reports/day/${day}/${drop}`,
  connector: (name: ConnectorName): BlobPath => `state/connector/${name}`,
  connectors: "state/connector/" as const satisfies BlobPath,
  fetch: (name: ConnectorName): BlobPath => `state/fetch/${name}`,
  /** The connector's mapping, as the admin gave it. */
  mapping: (name: ConnectorName): BlobPath => `state/mapping/${name}`,
  /** The mailboxes whose chats alone are imported, as the admin gave them. */
  holdList: (name: ConnectorName): BlobPath => `state/hold-list/${name}`,
  /** A connector that is being set up. */
  draft: (name: ConnectorName): BlobPath => `state/draft/${name}`,
  drafts: "state/draft/" as const satisfies BlobPath,
  /** Says that a number of a PGP key is taken: create-only, for ever. */
  pgpKey: (name: ConnectorName, number: number): BlobPath => `state/pgp-key/${name}/${number}`,
  pgpKeys: (name: ConnectorName): BlobPath => `state/pgp-key/${name}/`,
  /** How the last validation of a connection came out. */
  validation: (name: ConnectorName): BlobPath => `state/validation/${name}`,
  file: (connector: ConnectorName, day: SiteDay, file: FileId): BlobPath => `state/file/${connector}/${day}/${file}`,
  files: (connector: ConnectorName): BlobPath => `state/file/${connector}/`,
  /** What was last read of them. */
  known: (connector: ConnectorName): BlobPath => `state/known/${connector}`,
  /** Says that a plaintext was seen before: create-only, names the file that had it first. */
  plaintext: (feed: FeedId, sha256: string): BlobPath => `state/plaintext/${feed}/${sha256}`,
  open: (drop: DropId): BlobPath => `state/open/${drop}`,
  opens: "state/open/" as const satisfies BlobPath,
  closed: (drop: DropId): BlobPath => `state/closed/${drop}`,
  closeds: "state/closed/" as const satisfies BlobPath,
  /** Marks a closed drop whose plaintext is still there. */
  unclean: (drop: DropId): BlobPath => `state/unclean/${drop}`,
  uncleans: "state/unclean/" as const satisfies BlobPath,
  run: (drop: DropId, gen: number, mailbox: MailboxId): BlobPath => `state/run/${drop}/${gen}/${mailbox}`,
  runs: (drop: DropId, gen: number): BlobPath => `state/run/${drop}/${gen}/`,
  /** What the app is asked to check, and what it found. */
  check: (check: CheckId): BlobPath => `state/check/${check}`,
  /** Held by who is at the check. */
  checkLock: (check: CheckId): BlobPath => `state/check/${check}.lock`,
  /** Blobs that the check makes to try storage, and deletes again. */
  checkProbe: (check: CheckId, which: "swap" | "log"): BlobPath => `state/check/${check}.${which}`,
  lock: (name: string): BlobPath => `state/lock/${name}`,
  /** When something that may not be done too often was done lately. */
  rate: (name: string): BlobPath => `state/rate/${name}`,
  mailbox: (oid: ObjectId): BlobPath => `state/mailbox/${oid}`,
  dead: (queue: string, name: string): BlobPath => `state/dead/${queue}/${name}.json`,
  deadOf: (queue: string, drop: DropId): BlobPath => `state/dead/${queue}/${drop}/`,
  deadIn: (queue: string): BlobPath => `state/dead/${queue}/`,
  /** Sorted by time. */
  audit: (at: number, id: string): BlobPath => {
    const time = new Date(at).toISOString();
    return `audit/${time.slice(0, 10)}/${time.replaceAll(":", "").replace("Z", "")}Z-${id}.json`;
  },
  feed: (feed: FeedId): BlobPath => `feeds/${feed}.json`,
};
