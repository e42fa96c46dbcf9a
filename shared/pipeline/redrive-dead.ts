import type { DropId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import type { Queues } from "../store/queues.ts";
import { updateDocument } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import { toRunId } from "../telemetry/trace.ts";
import { type DeadWork, deadWork, listGraves } from "./dead-work.ts";
import { readDrop } from "./drop-book.ts";
import type { DropState } from "./drop-state.ts";
import { readRun } from "./run-state.ts";
import { renewTicket } from "./tickets.ts";
import type { Work } from "./work-name.ts";
import { standingOfWork } from "./work-standing.ts";

/** What redriving takes. */
export interface RedriveDeps {
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly log: Log;
  readonly writer: string;
  readonly clock: { now(): number };
}

/** Which dead work is meant; what is not given does not matter. */
export interface RedriveFilter {
  readonly drop?: DropId | undefined;
  /** `fetches`, `released`, `chats`, `partitions`, `mailboxes` or `foreign`. */
  readonly queue?: string | undefined;
  /** One record: `{queue}/{name}`, as this function and `state/dead/` name it. */
  readonly id?: string | undefined;
}

/** What came of asking to redrive one piece of dead work. */
export type Redriven = { readonly id: string; readonly dead: DeadWork } & (
  | { readonly outcome: "sent" }
  | { readonly outcome: "refused"; readonly reason: string }
);

/**
 * Sends dead work again, after its cause is mended and without waiting for the sweep. That it was sent again is noted first,
 * then it is enqueued: a process that dies in between leaves a note and work that is still dead, and asking again, or
 * twice, sends a message more, which every stage knows. What has no sense any more is refused with the reason.
 */
export async function redriveDead(deps: RedriveDeps, filter: RedriveFilter = {}): Promise<Redriven[]> {
  const drops = new Map<DropId, DropState | undefined>();
  const asked: Redriven[] = [];
  for await (const { path, dead } of listGraves(deps.blobs, filter.drop)) {
    const id = toId(path);
    if (filter.id !== undefined && filter.id !== id) continue;
    if (filter.queue !== undefined && filter.queue !== id.slice(0, id.indexOf("/"))) continue;
    const refusal = await redrive(deps, path, dead, drops);
    asked.push(
      refusal === undefined ? { id, dead, outcome: "sent" } : { id, dead, outcome: "refused", reason: refusal },
    );
  }
  return asked;
}

function toId(path: BlobPath): string {
  return path.replace(/^state\/dead\//, "").replace(/\.json$/, "");
}

/** @returns why not; undefined when it was sent */
async function redrive(
  deps: RedriveDeps,
  path: BlobPath,
  dead: DeadWork,
  drops: Map<DropId, DropState | undefined>,
): Promise<string | undefined> {
  const { work } = dead;
  if (work === undefined) return "This is no message of this app, so nothing can be done with it.";
  const drop = "drop" in work ? await dropOf(deps.blobs, work.drop, drops) : undefined;
  const refusal = (await toRefusal(deps.blobs, work, dead, drop)) ?? (await findRunFault(deps.blobs, work));
  if (refusal !== undefined) return refusal;
  const note = (now: DeadWork): DeadWork => ({ ...now, redrives: now.redrives + 1, redrivenAt: deps.clock.now() });
  await updateDocument(deps.blobs, path, deadWork, note, { writer: deps.writer });
  await send(deps, work, drop);
  deps.log.info("work.redriven", { ...work });
  return undefined;
}

async function dropOf(
  blobs: Blobs,
  id: DropId,
  known: Map<DropId, DropState | undefined>,
): Promise<DropState | undefined> {
  if (!known.has(id)) known.set(id, await readDrop(blobs, id));
  return known.get(id);
}

async function toRefusal(
  blobs: Blobs,
  work: Work,
  dead: DeadWork,
  drop: DropState | undefined,
): Promise<string | undefined> {
  if (work.queue === "fetches") {
    const standing = await standingOfWork(blobs, work, dead, undefined);
    if (standing === "passed") return `There is no connector ${work.connector} any more.`;
    return standing === "done" ? "The connector was fetched since." : undefined;
  }
  if (drop === undefined) return `There is no drop ${work.drop}.`;
  if (drop.gen !== work.gen) return `Generation ${work.gen} was followed by generation ${drop.gen}.`;
  if (drop.state === "closed") return "The drop is closed. To import what is missing, reprocess it.";
  return (await standingOfWork(blobs, work, dead, drop)) === "done" ? "It was done since." : undefined;
}

async function findRunFault(blobs: Blobs, work: Work): Promise<string | undefined> {
  if (work.queue !== "mailboxes" || (await readRun(blobs, work)) !== undefined) return undefined;
  return "Its run was not begun yet. The sweep begins it.";
}

/** As the work is wanted now: a mailbox's slice, say, may be a later one than the message's. */
async function send({ blobs, queues, writer }: RedriveDeps, work: Work, drop: DropState | undefined): Promise<void> {
  const envelope = { v: 1 as const, runId: toWorkRunId(work) };
  switch (work.queue) {
    case "fetches":
      return await queues.send("fetches", { ...envelope, connector: work.connector });
    case "released":
      return drop === undefined ? undefined : await renewTicket({ blobs, writer }, drop, work.file);
    case "chats":
      return await queues.send("chats", {
        ...envelope,
        drop: work.drop,
        gen: work.gen,
        file: work.file,
        chunk: work.chunk,
      });
    case "partitions":
      return await queues.send("partitions", { ...envelope, drop: work.drop, gen: work.gen, p: work.p, P: work.P });
    case "mailboxes": {
      const { drop: id, gen, mailbox } = work;
      const slice = (await readRun(blobs, work))?.slice ?? 0;
      return await queues.send("mailboxes", { ...envelope, drop: id, gen, mailbox, slice });
    }
  }
}

function toWorkRunId(work: Work): string {
  return work.queue === "fetches" ? "redrive" : toRunId(work.drop, work.gen);
}
