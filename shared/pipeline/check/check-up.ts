import type { CheckId } from "../../chat/identifiers.ts";
import type { Blobs } from "../../store/blobs.ts";
import type { Clock } from "../../store/clock.ts";
import { paths } from "../../store/paths.ts";
import type { Queues, Task } from "../../store/queues.ts";
import { readDocument, updateDocument } from "../../store/state-document.ts";
import type { Log } from "../../telemetry/log.ts";
import { withLease } from "../with-lease.ts";
import { type CheckDocument, checkDocument } from "./check-document.ts";
import { type Finding, toTally } from "./finding.ts";
import { type CheckChain, type ChecksDeps, planChecks } from "./list-checks.ts";
import { runCheck } from "./run-check.ts";

/** What a check of the app takes. */
export interface CheckUpDeps extends ChecksDeps {
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly clock: Clock;
  readonly log: Log;
  readonly writer: string;
  readonly lockInMs: number;
}

const chainsAtOnce = 4;

/**
 * Makes the check that the message asks for, as the app, and writes what it finds into the check's document, line by line. A
 * message that comes twice finds the check under way or ended; where the process died it begins anew. At the end the
 * addresses that were asked for are taken out of the document.
 */
export async function checkUp(deps: CheckUpDeps, { check }: Pick<Task<"checks">, "check">): Promise<void> {
  const asked = await readDocument(deps.blobs, paths.check(check), checkDocument);
  if (asked === undefined || asked.value.endedAt !== undefined) return;
  const isOurs = await withLease(deps, paths.checkLock(check), async (lost) => {
    await makeChecks(deps, check, lost);
    return true;
  });
  // Whoever is at it may have died: then this message is the one by which it goes on.
  if (isOurs === undefined) await deps.queues.send("checks", { v: 1, runId: check, check }, deps.lockInMs);
}

/** The asker has given up, or another process has begun the check anew: what is found counts no more. */
class CheckWithdrawn extends Error {
  override readonly name = "CheckWithdrawn";
  readonly messageIsOurs = true;
}

async function makeChecks(deps: CheckUpDeps, check: CheckId, lost: AbortSignal): Promise<void> {
  const begun = await change(deps, check, (old) => ({ ...old, begun: old.begun + 1, findings: [] }));
  if (begun === undefined) return;
  const withdrawn = new AbortController();
  const signal = AbortSignal.any([lost, withdrawn.signal]);
  const note = createNotes(deps, check, begun.begun, withdrawn);
  try {
    const plan = planChecks(deps, check, begun.asked ?? {});
    await runChain(deps, plan.first, note, signal);
    await runChains(deps, plan.listChains(), note, signal);
    await end(deps, check, begun.begun);
  } catch (error) {
    lost.throwIfAborted();
    if (!(error instanceof CheckWithdrawn)) throw error;
  }
}

type Note = (finding: Finding) => Promise<void>;

/** Findings come from several checks at once and are written one after the other. */
function createNotes(deps: CheckUpDeps, check: CheckId, begun: number, withdrawn: AbortController): Note {
  let last: Promise<void> = Promise.resolve();
  const write = async (finding: Finding): Promise<void> => {
    const written = await change(deps, check, (old) =>
      old.begun === begun ? { ...old, findings: [...old.findings, finding] } : undefined,
    );
    if (written !== undefined) return;
    const reason = new CheckWithdrawn("The check was withdrawn.");
    withdrawn.abort(reason);
    throw reason;
  };
  return (finding) => {
    last = last.then(() => write(finding));
    return last;
  };
}

async function runChain(deps: CheckUpDeps, chain: CheckChain, note: Note, signal: AbortSignal): Promise<void> {
  for await (const check of chain) {
    for await (const finding of runCheck(deps.clock, check, signal)) await note(finding);
  }
}

async function runChains(
  deps: CheckUpDeps,
  chains: AsyncIterable<CheckChain>,
  note: Note,
  signal: AbortSignal,
): Promise<void> {
  const waiting = chains[Symbol.asyncIterator]();
  const lane = async (): Promise<void> => {
    for (let next = await waiting.next(); next.done !== true; next = await waiting.next()) {
      await runChain(deps, next.value, note, signal);
    }
  };
  // The lease is given back when all have ended.
  const lanes = await Promise.allSettled(Array.from({ length: chainsAtOnce }, lane));
  const failed = lanes.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function end(deps: CheckUpDeps, check: CheckId, begun: number): Promise<void> {
  const ended = await change(deps, check, ({ asked: _, ...old }) =>
    old.begun === begun ? { ...old, endedAt: deps.clock.now() } : undefined,
  );
  if (ended === undefined) return;
  const { warning: warnings, ...tally } = toTally(ended.findings);
  deps.log.info("check.ended", { check, ...tally, warnings });
}

/** Changes the document of a check that has not ended; undefined when there is none, it has ended, or it was left. */
async function change(
  { blobs, writer }: Pick<CheckUpDeps, "blobs" | "writer">,
  check: CheckId,
  next: (old: CheckDocument) => CheckDocument | undefined,
): Promise<CheckDocument | undefined> {
  return await updateDocument(
    blobs,
    paths.check(check),
    checkDocument,
    (old) => (old.endedAt === undefined ? next(old) : undefined),
    { writer },
  );
}
