import * as z from "zod";
import { type MailboxId, type ObjectId, toMailboxId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { putDocument, readDocument, type WriterOptions } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";

/** What keeping the epochs takes. */
export interface MailboxEpochsDeps {
  readonly blobs: Pick<Blobs, "read" | "create" | "replace">;
  readonly log: Pick<Log, "warn">;
  readonly writer: WriterOptions;
}

/**
 * `state/mailbox/{oid}`: the root folders that a user's mailbox has had, in the order in which they were seen; a root's
 * place is its epoch. All are kept, because a deleted mailbox can be restored: it then holds what its old epoch's ledger
 * says, and a new epoch would import all of it twice.
 */
const mailboxRoots = z.object({
  v: z.literal(1),
  /** Epoch of the root that was seen last. */
  epoch: z.number().int().nonnegative(),
  roots: z.array(z.string().min(1)).min(1),
});
type MailboxRoots = z.infer<typeof mailboxRoots>;

/** Tells the mailboxes apart that one user has had, one after the other. */
export class MailboxEpochs {
  readonly #deps: MailboxEpochsDeps;

  constructor(deps: MailboxEpochsDeps) {
    this.#deps = deps;
  }

  /** The mailbox whose root folder was just seen. Logs `mailbox.recreated` or `mailbox.restored` when it is another one. */
  async seen(oid: ObjectId, rootId: string): Promise<MailboxId> {
    const { blobs, log, writer } = this.#deps;
    const path = paths.mailbox(oid);
    const before = (await readDocument(blobs, path, mailboxRoots))?.value;
    if (before?.roots[before.epoch] === rootId) return toMailboxId(oid, before.epoch);
    await putDocument(blobs, path, mailboxRoots, (known) => withRoot(known, rootId), writer);
    const epoch = toEpoch((await readDocument(blobs, path, mailboxRoots))?.value, rootId);
    if (before !== undefined) {
      log.warn(before.roots.includes(rootId) ? "mailbox.restored" : "mailbox.recreated", { oid, epoch });
    }
    return toMailboxId(oid, epoch);
  }

  /** The mailbox that was seen last; epoch 0 when none was yet. For a user whose mailbox the app may not look into. */
  async last(oid: ObjectId): Promise<MailboxId> {
    return await readLastMailbox(this.#deps.blobs, oid);
  }
}

/** The mailbox that a user was last seen with; epoch 0 when none was yet. */
export async function readLastMailbox(blobs: Pick<Blobs, "read">, oid: ObjectId): Promise<MailboxId> {
  const known = await readDocument(blobs, paths.mailbox(oid), mailboxRoots);
  return toMailboxId(oid, known?.value.epoch ?? 0);
}

function withRoot(known: MailboxRoots | undefined, rootId: string): MailboxRoots | undefined {
  const roots = known?.roots.includes(rootId) ? known.roots : [...(known?.roots ?? []), rootId];
  const epoch = roots.indexOf(rootId);
  return epoch === known?.epoch ? undefined : { v: 1, epoch, roots };
}

function toEpoch(known: MailboxRoots | undefined, rootId: string): number {
  const epoch = known?.roots.indexOf(rootId) ?? -1;
  if (epoch < 0) throw new Error("a mailbox's root was written and is not there");
  return epoch;
}
