import { type Attachment, folded, type Participant } from "../chat/chat-item.ts";
import type { EventFields } from "./event-fields.ts";
import { maxNameLength } from "./parse-limits.ts";
import type { ParseContext } from "./profile.ts";

/** One side of a file transfer as the file tells it. */
export interface Transfer {
  readonly sender: Participant;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  readonly offset: number;
  /** Stored path. */
  readonly path: string;
  readonly userFileName: string | undefined;
}

/** Reads what FileTransferStarted and FileTransferEnded have in common. @throws UnparsableFile */
export function toTransfer(fields: EventFields, sender: Participant): Transfer {
  return {
    sender,
    at: fields.time("DateTimeUTC").first,
    offset: fields.offset,
    path: fields.required("FileName", maxNameLength),
    userFileName: fields.optional("UserFileName", maxNameLength),
  };
}

/** File transfers that have started and not yet ended, paired by sender and stored path, the oldest first. */
export class OpenTransfers {
  readonly #open = new Map<string, Transfer[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  start(transfer: Transfer): void {
    const key = toKey(transfer);
    const others = this.#open.get(key);
    if (others === undefined) this.#open.set(key, [transfer]);
    else others.push(transfer);
    this.#size += 1;
  }

  /** The transfer that this one ends; itself when the file never told of its start. */
  end(ended: Transfer): Transfer {
    const others = this.#open.get(toKey(ended)) ?? [];
    const started = others.shift();
    if (others.length === 0) this.#open.delete(toKey(ended));
    if (started === undefined) return ended;
    this.#size -= 1;
    return { ...started, userFileName: started.userFileName ?? ended.userFileName };
  }

  /** Those that never ended, in the order of their starts. */
  takeAll(): Transfer[] {
    const left = [...this.#open.values()].flat().toSorted((a, b) => a.offset - b.offset);
    this.#open.clear();
    this.#size = 0;
    return left;
  }
}

function toKey({ sender, path }: Transfer): string {
  return `${folded(sender.imId ?? "")}\u001f${path}`;
}

/** The file of a transfer that ended with this status; only a completed one is looked for. */
export function toTransferredFile(
  transfer: Transfer,
  status: string | undefined,
  context: Pick<ParseContext, "attachmentAt">,
): Attachment {
  const name = toShownFileName(transfer);
  if (status === undefined) return { name, missing: "transfer-not-ended" };
  if (status.toLowerCase() !== "completed") return { name, missing: "transfer-failed" };
  const content = context.attachmentAt(transfer.path, transfer.userFileName);
  return content === undefined ? { name, missing: "not-in-drop" } : { name, content };
}

function toShownFileName({ path, userFileName }: Transfer): string {
  return userFileName ?? path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
}
