import * as z from "zod";
import { type DropId, dropId, type MailboxId, mailboxId } from "../chat/identifiers.ts";
import { noTally, tally } from "../import/tally.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import {
  createDocument,
  type HeldDocument,
  holdDocument,
  readDocument,
  type WriterOptions,
} from "../store/state-document.ts";

/**
 * A mailbox run: `pending -> running -> done | blocked`. The ledger knows what is in the mailbox; this knows only whose
 * turn it is, so losing a change of it costs time and never an item.
 */
export const runState = z.object({
  v: z.literal(1),
  drop: dropId,
  gen: z.number().int().positive(),
  mailbox: mailboxId,
  state: z.enum(["pending", "running", "done", "blocked"]),
  /** Which slice comes next, or is under way: a message of another slice is out of date. */
  slice: z.number().int().nonnegative(),
  /** So many lines of the work list, from its beginning, are settled. */
  cursor: z.number().int().nonnegative(),
  /** What became of those lines. */
  settled: tally,
  /** What is known of all lines, for progress; exact when the run is done or blocked. */
  counts: tally,
  /** Lines of the work list. */
  available: z.number().int().nonnegative(),
  /** Not before this (storage's clock, ms since 1970). */
  nextAt: z.number().optional(),
  /** Why it waits or is blocked: a static word. */
  reason: z.string().optional(),
  /** When the first slice began (storage's clock). */
  startedAt: z.number().optional(),
  /** So many slices have read back and were not done with it. */
  verifySlices: z.number().int().nonnegative().default(0),
  /** When a slice last settled a line (storage's clock). */
  progressedAt: z.number().optional(),
});
/** A mailbox run and how far it is. */
export type RunState = z.infer<typeof runState>;

/** What names a mailbox run. */
export interface RunId {
  readonly drop: DropId;
  readonly gen: number;
  readonly mailbox: MailboxId;
}

/**
 * Makes the run `pending`, create-only; a run that is there stays as it is. Enqueue {slice: 0} after it.
 * @param available lines of its work list: the run fails loudly when it reads another number.
 */
export async function createRun(
  blobs: Pick<Blobs, "read" | "create">,
  { drop, gen, mailbox }: RunId,
  available: number,
  options: WriterOptions,
): Promise<void> {
  const state: RunState = {
    v: 1,
    drop,
    gen,
    mailbox,
    state: "pending",
    slice: 0,
    cursor: 0,
    settled: noTally,
    counts: noTally,
    available,
    verifySlices: 0,
  };
  await createDocument(blobs, paths.run(drop, gen, mailbox), runState, state, options);
}

/** The run as it stands; undefined when it was not created yet. */
export async function readRun(blobs: Pick<Blobs, "read">, run: RunId): Promise<RunState | undefined> {
  return (await readDocument(blobs, paths.run(run.drop, run.gen, run.mailbox), runState))?.value;
}

/** The same for the one slice that is going to change it. */
export async function holdRun(blobs: Pick<Blobs, "read">, run: RunId): Promise<HeldDocument<RunState> | undefined> {
  return await holdDocument(blobs, paths.run(run.drop, run.gen, run.mailbox), runState);
}
