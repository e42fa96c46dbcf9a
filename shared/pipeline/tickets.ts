import type { FileId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument, updateDocument } from "../store/state-document.ts";
import { toRunId } from "../telemetry/trace.ts";
import { type DropState, type Ticket, ticket } from "./drop-state.ts";

/** What writing tickets takes. */
export interface TicketDeps {
  readonly blobs: Blobs;
  readonly writer: string;
}

/** Writes the ticket of each chat file of a released drop: each is a blob event that starts openDropFile. */
export async function writeTickets(deps: TicketDeps, drop: DropState): Promise<void> {
  for (const { id } of drop.chatFiles) {
    const body: Ticket = {
      v: 1,
      drop: drop.id,
      gen: drop.gen,
      file: id,
      runId: toRunId(drop.id, drop.gen),
      attempt: 0,
    };
    await createDocument(deps.blobs, paths.ticket(drop.id, drop.gen, id), ticket, body, { writer: deps.writer });
  }
}

/**
 * Writes a ticket anew, because its file stands still: an event can be lost, and a host does not run the same
 * version of a blob twice.
 */
export async function renewTicket(deps: TicketDeps, drop: DropState, file: FileId): Promise<void> {
  const renew = (old: Ticket): Ticket => ({ ...old, attempt: old.attempt + 1 });
  const path = paths.ticket(drop.id, drop.gen, file);
  const renewed = await updateDocument(deps.blobs, path, ticket, renew, { writer: deps.writer });
  if (renewed === undefined)
    await writeTickets(deps, { ...drop, chatFiles: drop.chatFiles.filter(({ id }) => id === file) });
}
