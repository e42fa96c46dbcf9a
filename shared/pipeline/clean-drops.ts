import { z } from "zod";
import { type DropId, dropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Log } from "../store/log.ts";
import { containers, paths } from "../store/paths.ts";
import { listDocuments, putDocument, updateDocument } from "../store/state-document.ts";
import { readOpenDrop } from "./drop-book.ts";
import { dropState } from "./drop-state.ts";

/** What cleaning takes. */
export interface CleanDeps {
  readonly blobs: Blobs;
  readonly log: Log;
  readonly writer: string;
  readonly clock: { now(): number };
  /** How long a closed drop's plaintext is kept. */
  readonly plaintextKeptInMs: number;
}

/** `state/unclean/{drop}`: so that the sweep need not look through every drop that was ever closed. */
const unclean = z.object({ v: z.literal(1), drop: dropId, closedAt: z.number() });

/** Notes that a closed drop's plaintext is to be deleted later. */
export async function markUnclean(
  deps: Pick<CleanDeps, "blobs" | "writer">,
  drop: DropId,
  closedAt: number,
): Promise<void> {
  const mark = { v: 1 as const, drop, closedAt };
  await putDocument(deps.blobs, paths.unclean(drop), unclean, () => mark, { writer: deps.writer });
}

/** Deletes the plaintext of drops that were closed long enough ago. Evidence, ledger and reports stay. */
export async function cleanDrops(deps: CleanDeps): Promise<void> {
  for await (const { value } of listDocuments(deps.blobs, paths.uncleans, unclean)) {
    if (deps.clock.now() - value.closedAt < deps.plaintextKeptInMs) continue;
    if ((await readOpenDrop(deps.blobs, value.drop)) === undefined) await cleanDrop(deps, value.drop);
  }
}

/** The mark goes last: a crash in the middle only means that the rest is deleted next time. */
async function cleanDrop(deps: CleanDeps, drop: DropId): Promise<void> {
  let removed = 0;
  for (const [container, { holdsPlaintext }] of Object.entries(containers)) {
    if (!holdsPlaintext) continue;
    for await (const { path } of deps.blobs.list(`${container}/${drop}/`)) {
      await deps.blobs.remove(path);
      removed += 1;
    }
  }
  await updateDocument(deps.blobs, paths.closed(drop), dropState, (now) => ({ ...now, isCleaned: true }), {
    writer: deps.writer,
  });
  await deps.blobs.remove(paths.unclean(drop));
  deps.log.info("drop.plaintext-deleted", { drop, removed });
}
