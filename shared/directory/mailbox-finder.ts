import type { MailboxAddress, MailboxId } from "../chat/identifiers.ts";
import type { Directory } from "./directory.ts";
import type { MailboxEpochs } from "./mailbox-epochs.ts";

/** The mailbox of an address, or why it has none. */
export type MailboxFinding =
  | { readonly id: MailboxId; readonly address: string; readonly displayName: string }
  | "unknown-user"
  | "ambiguous"
  | "no-mailbox";

/**
 * Joins directory and epochs: from an address to a mailbox.
 *
 * A mailbox out of the app's scope is found all the same, so that its run stands blocked with the reason and the admin
 * can mend the scope; "unmapped" would hide a fault of the set-up behind a person. Throws what the directory throws.
 */
export function createMailboxFinder(deps: {
  readonly directory: Directory;
  readonly epochs: Pick<MailboxEpochs, "seen" | "last">;
}): (address: MailboxAddress, signal?: AbortSignal) => Promise<MailboxFinding> {
  return async (address, signal) => {
    const answer = await deps.directory.find(address, signal);
    if (answer === "unknown") return "unknown-user";
    if (answer === "ambiguous") return "ambiguous";
    const { user, mailbox } = answer;
    if (mailbox.state === "none") return "no-mailbox";
    const isSeen = mailbox.state === "ok";
    const id = isSeen ? await deps.epochs.seen(user.oid, mailbox.rootId) : await deps.epochs.last(user.oid);
    return { id, address: user.address, displayName: user.displayName };
  };
}
