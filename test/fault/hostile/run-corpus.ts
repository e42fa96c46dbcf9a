import { corpus } from "./corpus.ts";
import type { HostileCase } from "./hostile-case.ts";
import { makeKeys } from "./make/keys.ts";
import { type Outcome, runTogether } from "./run-case.ts";

/**
 * Runs hostile cases and prints a line of JSON for each: a process of its own, so that its memory can be limited and
 * measured. Arguments: `quick` or `long`, then perhaps an expression that kind and name must match.
 */
const [tier = "quick", wanted = ""] = process.argv.slice(2);
/** What has not come to an end after this never will. */
const hungAfterInMs = 90_000;
/** So many files that must be put aside go through the pipeline in one drop: a drop for each would take a minute more. */
const mostTogether = 20;
const isWanted = new RegExp(wanted);
const keys = await makeKeys();

for (const { kind, cases } of corpus) {
  const ours = cases.filter(
    ({ name, isHeavy }) => (isHeavy === true) === (tier === "long") && isWanted.test(`${kind}: ${name}`),
  );
  for (const batch of toBatches(ours)) await runBatch(kind, batch);
}
// What hangs may hold on to something, so the process is ended.
process.stdout.write(`${JSON.stringify({ peakInBytes: process.resourceUsage().maxRSS * 1024 })}\n`, () =>
  process.exit(),
);

/** A file that is taken, or that needs a connector of its own, has a drop of its own. */
function toBatches(cases: readonly HostileCase[]): HostileCase[][] {
  const alone = cases.filter((one) => one.expected.state === "verified" || one.connector !== undefined || one.isHeavy);
  const others = cases.filter((one) => !alone.includes(one));
  const batches = [...Map.groupBy(others, ({ encryption }) => encryption ?? "none").values()].flatMap((some) =>
    Array.from({ length: Math.ceil(some.length / mostTogether) }, (_, i) =>
      some.slice(i * mostTogether, (i + 1) * mostTogether),
    ),
  );
  return [...alone.map((one) => [one]), ...batches];
}

/** When something is wrong with a batch each of its cases is run by itself, to find out which it is. */
async function runBatch(kind: string, batch: readonly HostileCase[]): Promise<void> {
  const outcomes = await outcomesOf(batch);
  if (typeof outcomes !== "string") {
    for (const [i, outcome] of outcomes.entries()) tell({ kind, name: batch[i]?.name, ...outcome });
    return;
  }
  if (batch.length > 1) for (const one of batch) await runBatch(kind, [one]);
  else tell({ kind, name: batch[0]?.name, failure: outcomes, ms: 0, cpuInMs: 0 });
}

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** What the cases came to, or what is wrong. One that hangs must not take the others with it. */
async function outcomesOf(batch: readonly HostileCase[]): Promise<readonly Outcome[] | string> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("it never ended")), hungAfterInMs);
  try {
    return await Promise.race([runTogether(batch, keys), promise]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
