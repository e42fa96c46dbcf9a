import type { Guard, Watcher } from "./guard.ts";
import { runTests, type TestRun, whyNotLoaded } from "./run-tests.ts";
import { LostGuard, type WorkCopy } from "./work-copy.ts";

/** What became of the tests when a guard was taken out. */
export interface Tried {
  readonly guard: Guard;
  /** Tests that ran, and those of them that failed. */
  readonly tests: number;
  readonly failed: number;
  /** Name of the first that failed. */
  readonly noticedBy: string;
  readonly seconds: number;
  /** Why the guard, or its tests, are no good; undefined when a test noticed. */
  readonly problem?: string;
}

/** Takes a guard out, runs the tests that must notice, and puts it back. */
export async function tryGuard(copy: WorkCopy, guard: Guard): Promise<Tried> {
  const begun = performance.now();
  const runs: TestRun[] = [];
  const problem = await findProblem(copy, guard, runs);
  const [passed, failed] = [sum(runs, "passed"), sum(runs, "failed")];
  const noticedBy = runs.flatMap(({ names }) => names)[0] ?? "";
  const tried = { guard, tests: passed + failed, failed, noticedBy, seconds: (performance.now() - begun) / 1000 };
  return problem === undefined ? tried : { ...tried, problem };
}

async function findProblem(copy: WorkCopy, guard: Guard, runs: TestRun[]): Promise<string | undefined> {
  try {
    const putBack = copy.takeOut(guard);
    try {
      return await findProblemWithout(copy, guard, runs);
    } finally {
      putBack();
    }
  } catch (error) {
    if (!(error instanceof LostGuard)) throw error;
    return error.message;
  }
}

async function findProblemWithout(copy: WorkCopy, guard: Guard, runs: TestRun[]): Promise<string | undefined> {
  for (const { file } of [guard, ...(guard.also ?? [])]) {
    const fault = await whyNotLoaded(copy.folder, file);
    if (fault !== undefined) return `without it ${file} does not load: ${fault}`;
  }
  for (const watcher of guard.watchers) {
    const run = await runTests(copy.folder, watcher);
    runs.push(run);
    if (run.broken !== undefined) return `${watcher.file} fails for another reason: ${run.broken}`;
  }
  return sum(runs, "failed") === 0 ? "NO TEST FAILS without it" : undefined;
}

/** Why tests cannot watch over a guard: they do not pass with it, or there are none of that name. */
export async function findFaultOf(copy: WorkCopy, watcher: Watcher): Promise<string | undefined> {
  const { passed, failed, broken } = await runTests(copy.folder, watcher);
  if (failed > 0 || broken !== undefined) return `${failed} tests fail with every guard in place ${broken ?? ""}`;
  return passed === 0 ? "no test has such a name" : undefined;
}

function sum(runs: readonly TestRun[], what: "passed" | "failed"): number {
  return runs.reduce((total, run) => total + run[what], 0);
}
