import { createHash } from "node:crypto";
import * as z from "zod";
import type { DropId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { DocumentFault, readDocument } from "../store/state-document.ts";
import { type DropWork, toWork, toWorkName, type Work, work, workQueues } from "./work-name.ts";

/** Why something failed: an error's class with its codes, and its message where it is one of ours. Never a chat's words. */
export const failureReason = z.object({
  error: z.string(),
  message: z.string().optional(),
  causes: z.string().optional(),
  at: z.number(),
});
/** Why something failed. */
export type FailureReason = z.infer<typeof failureReason>;

/**
 * `state/dead/{queue}/{name}.json`: work that was given up, under a name that follows from the work, however often it dies
 * and whatever ids the host gives its messages. What is no message of ours is in `state/dead/foreign/`.
 */
export const deadWork = z.object({
  v: z.literal(1),
  /** The queue that it came from; `released` for a blob event. */
  queue: z.string(),
  /** Absent when the message is none of ours. */
  work: work.optional(),
  /** The message as it last was. Ours hold ids only; a foreign one may hold anything. */
  message: z.unknown().optional(),
  /** How often it was given up. 0: it has failed, and may still succeed. */
  deaths: z.number().int().nonnegative(),
  firstAt: z.number().optional(),
  lastAt: z.number().optional(),
  /** The host's ids of the last messages buried, so that one that comes twice is counted once. */
  buried: z.array(z.string()),
  /** The last failure that is known: none where the process died of it each time. */
  reason: failureReason.optional(),
  redrives: z.number().int().nonnegative(),
  redrivenAt: z.number().optional(),
});
/** Work that was given up. */
export type DeadWork = z.infer<typeof deadWork>;

/** The folder of what is no message of ours. */
export const foreignQueue = "foreign";

/** Where a message is kept when it is given up, and what a record of it begins with. */
export interface Grave {
  readonly path: BlobPath;
  readonly work: Work | undefined;
  readonly empty: DeadWork;
}

/** The record of a message. A foreign one is named by its content, so that its copies are one. */
export function graveOf(queue: string, message: unknown): Grave {
  const known = toWork(queue, message);
  const empty: DeadWork = { v: 1, queue, message, deaths: 0, buried: [], redrives: 0 };
  if (known === undefined) return { path: paths.dead(foreignQueue, toHash(queue, message)), work: undefined, empty };
  return { path: paths.dead(queue, toWorkName(known)), work: known, empty: { ...empty, work: known } };
}

/** Work of a drop's generation that was given up at least once, whatever has become of it since. */
export async function* listDeadOfDrop(
  blobs: Pick<Blobs, "read" | "list">,
  { drop, gen }: Pick<DropWork, "drop" | "gen">,
): AsyncGenerator<DeadWork> {
  for (const queue of workQueues) {
    if (queue !== "fetches") yield* listBelow(blobs, `${paths.deadOf(queue, drop)}${gen}/`);
  }
}

/** Everything that was ever given up, foreign messages last; within a queue in order of name. */
export async function* listDead(blobs: Pick<Blobs, "read" | "list">): AsyncGenerator<DeadWork> {
  for await (const { dead } of listGraves(blobs)) yield dead;
}

/** The same with where each lies. @param of one drop, whatever generation. @default all */
export async function* listGraves(
  blobs: Pick<Blobs, "read" | "list">,
  of?: DropId,
): AsyncGenerator<{ readonly path: BlobPath; readonly dead: DeadWork }> {
  const all = [...workQueues, foreignQueue].map(paths.deadIn);
  const prefixes = of === undefined ? all : workQueues.map((queue) => paths.deadOf(queue, of));
  for (const prefix of prefixes) {
    const graves = mapAhead(blobs.list(prefix), 16, async ({ path }) => ({ path, dead: await readGrave(blobs, path) }));
    for await (const { path, dead } of graves) if (dead !== undefined) yield { path, dead };
  }
}

async function* listBelow(blobs: Pick<Blobs, "read" | "list">, prefix: BlobPath): AsyncGenerator<DeadWork> {
  for await (const dead of mapAhead(blobs.list(prefix), 16, ({ path }) => readGrave(blobs, path))) {
    if (dead !== undefined) yield dead;
  }
}

/**
 * Work that was given up at least once. A record that cannot be read is told as one of no work of ours: no report and no
 * sweep must fail because somebody has edited it.
 */
export async function readGrave(blobs: Pick<Blobs, "read">, path: BlobPath): Promise<DeadWork | undefined> {
  try {
    const found = (await readDocument(blobs, path, deadWork))?.value;
    return found === undefined || found.deaths === 0 ? undefined : found;
  } catch (fault) {
    if (!(fault instanceof DocumentFault)) throw fault;
    const reason = { error: fault.name, message: fault.message, at: 0 };
    return { v: 1, queue: path.split("/")[2] ?? "", deaths: 1, buried: [], redrives: 0, reason };
  }
}

function toHash(queue: string, message: unknown): string {
  return createHash("sha256")
    .update(`${queue}\n${JSON.stringify(message) ?? ""}`)
    .digest("hex")
    .slice(0, 32);
}
