import { fileId, type MailboxId, mailboxId } from "../chat/identifiers.ts";
import { gatherPartition, type RoutedSource } from "../gather/gather-partition.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import type { Task } from "../store/queues.ts";
import { createDocument } from "../store/state-document.ts";
import { toRunId } from "../telemetry/trace.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { BrokenState } from "./broken-state.ts";
import { readOpenDrop } from "./drop-book.ts";
import { type Part, part } from "./parts.ts";
import { DifferentContent, putOnce } from "./put-once.ts";
import { createRun } from "./run-state.ts";
import type { Turns } from "./turns.ts";

/** What gathering takes. */
export interface GatherDeps extends AdvanceDeps {
  /** Partitions that a process is given at once are gathered one after the other: each fills memory, none waits for anything. */
  readonly gatherTurns: Turns;
}

/**
 * Gathers one partition: reads all routed chunks in order, writes one work list for each of its mailboxes and last the
 * part's document, then starts the runs. All of it is deterministic, so a message that comes twice does no harm.
 */
export async function gatherMailboxes(deps: GatherDeps, task: Task<"partitions">): Promise<void> {
  const drop = await readOpenDrop(deps.blobs, task.drop);
  if (drop === undefined || drop.gen !== task.gen || drop.partitions !== task.P) return;
  const gathered = await deps.gatherTurns(() =>
    gatherPartition(
      { routedChunks: listRouted(deps, task), p: task.p, P: task.P },
      { write: (mailbox, bytes) => putOnce(deps.blobs, paths.work(task.drop, task.gen, mailbox), bytes) },
    ),
  );
  const document = part.parse(gathered);
  const path = paths.part(task.drop, task.gen, task.p);
  const created = await createDocument(deps.blobs, path, part, document, { writer: deps.writer });
  if (created === "different") throw new DifferentContent(path);
  await startRuns(deps, task, document);
  const { drop: id, gen, p } = task;
  const mailboxes = Object.keys(document.mailboxes).length;
  deps.log.info("partition.gathered", { drop: id, gen, p, mailboxes });
  await advanceDrop(deps, id);
}

async function* listRouted({ blobs }: AdvanceDeps, { drop, gen }: Task<"partitions">): AsyncIterable<RoutedSource> {
  const prefix = paths.routedOf(drop, gen);
  const chunks = mapAhead(blobs.list(prefix), 4, async ({ path }): Promise<RoutedSource> => {
    const blob = await blobs.read(path);
    if (blob === undefined) throw new BrokenState(`${path} is missing.`);
    return { file: fileId.parse(path.slice(prefix.length).split("/")[0]), gzipped: only(blob.bytes) };
  });
  yield* chunks;
}

async function* only(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}

/**
 * Starts the runs of a part's mailboxes, but for those in `started`. The run's record first, then its message: a message
 * without a run would be taken for a fault.
 */
export async function startRuns(
  deps: AdvanceDeps,
  { drop, gen }: Pick<Task<"partitions">, "drop" | "gen">,
  { mailboxes }: Part,
  started: ReadonlySet<string> = new Set(),
): Promise<number> {
  const missing = Object.entries(mailboxes).filter(([name]) => !started.has(name));
  const start = async ([name, { items }]: [string, { items: number }]): Promise<void> => {
    const mailbox: MailboxId = mailboxId.parse(name);
    await createRun(deps.blobs, { drop, gen, mailbox }, items, { writer: deps.writer });
    await deps.queues.send("mailboxes", { v: 1, runId: toRunId(drop, gen), drop, gen, mailbox, slice: 0 });
  };
  for await (const _ of mapAhead(missing, 8, start));
  return missing.length;
}
