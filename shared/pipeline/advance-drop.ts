import type { DropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import type { Queues } from "../store/queues.ts";
import { readDocument } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import { BrokenState } from "./broken-state.ts";
import { closeDrop } from "./close-drop.ts";
import { connectorOf } from "./connector-book.ts";
import { moveDrop, readOpenDrop } from "./drop-book.ts";
import { type DropState, sealed } from "./drop-state.ts";
import { readFiles } from "./file-book.ts";
import { countReleased, toCounted, toGated } from "./gate.ts";
import { countParts, countResults } from "./parts.ts";
import { countRouted } from "./routed-chunks.ts";
import { sendPartitions, toPartitionCount } from "./send-partitions.ts";
import { writeTickets } from "./tickets.ts";

/** What moving a drop on takes. */
export interface AdvanceDeps {
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly log: Log;
  readonly writer: string;
  readonly clock: { now(): number };
}

/**
 * Moves a drop on as far as what lies in storage allows, and after each step enqueues what follows. Any stage may call
 * it, the sweep does, and two may at once: each step is a compare-and-swap, and what it enqueues may come twice.
 */
export async function advanceDrop(deps: AdvanceDeps, id: DropId): Promise<DropState | undefined> {
  let drop = await readOpenDrop(deps.blobs, id);
  while (drop !== undefined) {
    const next = await toNext(deps, drop);
    if (next === undefined) return drop;
    const expected = drop;
    const moved = await moveDrop(deps, id, (now) => (isSame(now, expected) ? next : undefined));
    if (moved === undefined) return await readOpenDrop(deps.blobs, id);
    deps.log.info("drop.moved", {
      drop: id,
      gen: moved.gen,
      items: moved.items,
      state: moved.state,
    });
    await afterMove(deps, moved);
    drop = moved.state === "verifying" ? await closeDrop(deps, moved) : moved;
  }
  return undefined;
}

function isSame(now: DropState, expected: DropState): boolean {
  return now.state === expected.state && now.gen === expected.gen && now.files.length === expected.files.length;
}

async function toNext(deps: AdvanceDeps, drop: DropState): Promise<DropState | undefined> {
  const movedAt = deps.clock.now();
  switch (drop.state) {
    case "collecting":
      return toCounted(drop, await readFiles(deps.blobs, drop), movedAt);
    case "counted": {
      const { itemLimit } = await connectorOf(deps.blobs, drop.connector);
      return toGated(drop, itemLimit, await countReleased(deps.blobs, drop), movedAt);
    }
    case "released": {
      const chatFiles = await listSealed(deps.blobs, drop);
      if (chatFiles === undefined) return undefined;
      const chunks = chatFiles.reduce((sum, file) => sum + file.chunks, 0);
      return { ...drop, state: "sealed", chatFiles, chunks, movedAt };
    }
    case "sealed": {
      if ((await countRouted(deps.blobs, drop)) !== drop.chunks) return undefined;
      return { ...drop, state: "routed", partitions: await toPartitionCount(deps.blobs, drop), movedAt };
    }
    case "routed": {
      const isGathered = (await countParts(deps.blobs, drop)) === drop.partitions;
      return isGathered ? { ...drop, state: "gathered", movedAt } : undefined;
    }
    case "gathered":
      return { ...drop, state: "importing", movedAt };
    case "importing": {
      const { mailboxes, finished } = await countResults(deps.blobs, drop);
      return mailboxes === finished ? { ...drop, state: "verifying", movedAt } : undefined;
    }
    case "verifying":
      await closeDrop(deps, drop);
      return undefined;
    case "held":
    case "closed":
      return undefined;
  }
}

/** State first, then the queue: a crash in between leaves a drop that stands still, and the sweep sets it going. */
async function afterMove(deps: AdvanceDeps, drop: DropState): Promise<void> {
  if (drop.state === "released") await writeTickets(deps, drop);
  if (drop.state === "routed") await sendPartitions(deps, drop);
  if (drop.state === "held") {
    deps.log.error("drop.held-at-gate", {
      drop: drop.id,
      siteDayItems: drop.gate?.siteDayItems,
      limit: drop.gate?.limit,
    });
  }
}

type SealedFile = DropState["chatFiles"][number] & { readonly chunks: number };

/** The drop's chat files with their chunks; undefined while one of them is not sealed. */
async function listSealed(blobs: Blobs, drop: DropState): Promise<SealedFile[] | undefined> {
  const files: SealedFile[] = [];
  for (const file of drop.chatFiles) {
    const { id, items } = file;
    const seal = (await readDocument(blobs, paths.sealed(drop.id, id), sealed))?.value;
    if (seal === undefined) return undefined;
    if (seal.items !== items)
      throw new BrokenState(
        `File ${id} of drop ${drop.id} was counted with ${items} items and sealed with ${seal.items}.`,
      );
    files.push({ ...file, chunks: seal.chunks });
  }
  return files;
}
