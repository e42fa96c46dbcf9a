import { type DropScope, toScopeFilter } from "../chat/drop-scope.ts";
import { type FileId, fileId, type ImportKey, type MailboxId } from "../chat/identifiers.ts";

/** What kind of thing needs a person. */
export type NeedKind =
  | "held"
  | "dead"
  | "blocked"
  | "failed"
  | "unbalanced"
  | "misrouted"
  | "verify"
  | "rejected-files"
  | "mismatched-files"
  | "mapping"
  | "unreadable";

/** What helps most likely. */
export type Remedy = "release" | "redrive" | "restart" | "reprocess" | "mapping" | "look";

/** Something of a drop that needs a person. */
export interface Need {
  readonly kind: NeedKind;
  readonly count: number;
  /** Why, where all have one reason. */
  readonly reason?: string;
  readonly remedy: Remedy;
  /** An earlier generation in which it was found, which the newer ones have left alone. */
  readonly generation?: number;
}

/** A mailbox that took nothing more. */
export interface BlockedMailbox {
  readonly mailbox: MailboxId;
  readonly reason: string;
  readonly items: number;
}

/** An item that a mailbox did not get. */
export interface Failure {
  readonly key: ImportKey;
  readonly mailbox: MailboxId;
  /** Chat file and position, as `{file}:{n}`. */
  readonly source: string;
  readonly reason: string;
}

/** What a generation left undone. */
export interface Shortfall {
  /** Items x mailboxes that failed, those of blocked mailboxes among them. */
  readonly failed: number;
  readonly blocked: readonly BlockedMailbox[];
  /** The first failed items of mailboxes that are not blocked. */
  readonly failures: readonly Failure[];
}

const remedies: Readonly<Record<NeedKind, Remedy>> = {
  held: "release",
  dead: "redrive",
  blocked: "reprocess",
  failed: "reprocess",
  unbalanced: "look",
  misrouted: "look",
  verify: "reprocess",
  "rejected-files": "reprocess",
  "mismatched-files": "look",
  mapping: "mapping",
  unreadable: "restart",
};

/** One need, or none when there is nothing of it. @param reasons that of each, where each has one */
export function toNeed(kind: NeedKind, count: number, reasons: Iterable<string | undefined> = []): Need[] {
  if (count === 0) return [];
  const different = new Set(reasons);
  const [only] = different;
  return [
    { kind, count, ...(different.size === 1 && only !== undefined ? { reason: only } : {}), remedy: remedies[kind] },
  ];
}

/** What did not get in, apart by whether the whole mailbox takes nothing. */
export function toShortfallNeeds({ failed, blocked, failures }: Shortfall): Need[] {
  const inBlocked = blocked.reduce((sum, { items }) => sum + items, 0);
  return [
    ...toNeed(
      "blocked",
      blocked.length,
      blocked.map(({ reason }) => reason),
    ),
    ...toNeed(
      "failed",
      Math.max(0, failed - inBlocked),
      failures.map(({ reason }) => reason),
    ),
  ];
}

/**
 * What an earlier generation left undone and those after it did not take up: a reprocessing of one mailbox that went well
 * says nothing of the others that are still blocked.
 * @param later scopes of the generations after it
 */
export function toLeftOver(shortfall: Shortfall, later: readonly (DropScope | undefined)[]): Shortfall {
  const isTaken = (mailbox: MailboxId): boolean =>
    later.some(
      (scope) => scope === undefined || (scope.type === "mailboxes" && toScopeFilter(scope).hasMailbox(mailbox)),
    );
  const isItemTaken = ({ key, source }: Failure): boolean =>
    later.some((scope) => {
      const filter = toScopeFilter(scope);
      return scope?.type === "items" ? filter.hasItem(key) : scope?.type === "files" && filter.hasFile(fileOf(source));
    });
  const blocked = shortfall.blocked.filter(({ mailbox }) => !isTaken(mailbox));
  const taken = shortfall.failures.filter((one) => isTaken(one.mailbox) || isItemTaken(one));
  const unblocked = shortfall.blocked.filter(({ mailbox }) => isTaken(mailbox));
  const failed = shortfall.failed - taken.length - unblocked.reduce((sum, { items }) => sum + items, 0);
  return { failed, blocked, failures: shortfall.failures.filter((one) => !taken.includes(one)) };
}

function fileOf(source: string): FileId {
  return fileId.parse(source.slice(0, source.lastIndexOf(":")));
}
