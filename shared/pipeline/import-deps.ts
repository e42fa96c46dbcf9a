import type { DropId, FeedId, FileId, MailboxId, ObjectId } from "../chat/identifiers.ts";
import type { People } from "../chat/people.ts";
import type { ImportSettings } from "../import/import-settings.ts";
import type { Mailbox } from "../import/mailbox.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import type { Queues } from "../store/queues.ts";
import type { Log } from "../telemetry/log.ts";

/** What items of a drop have in common: from its connector. */
export interface DropFacts {
  readonly feed: FeedId;
  /** The connector's zone (IANA), in which an item's time is told beside UTC. */
  readonly zone: string;
  readonly itemClass: string;
  readonly withAttachments: boolean;
  /** Recipients in an item's header; the rest stand in its body. */
  readonly recipientCap: number;
  /** Where the ciphertext of a drop file lies, for items that are only partly imported; undefined when not known. */
  evidenceOf(file: FileId): string | undefined;
}

/** What importing a mailbox needs. */
export interface ImportDeps {
  readonly blobs: Blobs;
  readonly queues: Queues;
  mailboxOf(oid: ObjectId): Mailbox;
  /** Which of the mailboxes that a user has had one is that has this root folder (MailboxEpochs.seen). */
  seenMailbox(oid: ObjectId, rootId: string): Promise<MailboxId>;
  factsOf(drop: DropId): Promise<DropFacts>;
  /** The drop's newest generation; undefined when there is no such drop. May be some seconds old. */
  generationOf(drop: DropId): Promise<number | undefined>;
  /** The drop's resolved people: `createPeopleShelf` (import-people.ts) keeps a few in memory. */
  peopleOf(drop: DropId, gen: number): Promise<People>;
  readonly clock: Clock;
  /** From 0 (inclusive) to 1, as Math.random: jitter. */
  readonly random: () => number;
  /** A name that no writer had before: letters, digits and hyphens. */
  readonly newWriter: () => string;
  readonly log: Log;
  readonly settings: ImportSettings;
}

/** What a message came to. In every case it can be acknowledged. */
export type ImportOutcome =
  /** The result is written; the run is done or blocked. */
  | { readonly outcome: "done" | "blocked" }
  /** The next slice's message is in the queue. */
  | { readonly outcome: "continued"; readonly nextAt?: number }
  /** The same message is in the queue again: another worker has the mailbox, or it is too early. */
  | { readonly outcome: "put-off"; readonly because: "locked" | "overtaken" | "too-early" }
  /** The run is done, blocked, in another slice, or of a generation that was given up. */
  | { readonly outcome: "out-of-date" };
