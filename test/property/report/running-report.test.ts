import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../local/sample/random.ts";
import { type ReportNow, readReport } from "../../../shared/pipeline/read-report.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import type { ReportBody } from "../../../shared/report/drop-report.ts";
import { beginDrop, forEach, numbersOf } from "../../fault/pipeline/a-drop.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";

/** What only grows while a generation is running. */
function toGrowing({ equation, items, mailboxes, unmappedItems, unmappedPeople, findings }: ReportBody): number[] {
  const missed = unmappedPeople.reduce((sum, person) => sum + person.items, 0);
  return [...Object.values(equation), items, mailboxes, unmappedItems, missed, ...Object.values(findings)];
}

function assertSound(now: ReportNow, last: ReportNow | undefined): void {
  const { report } = now;
  const { available, imported, partial, skipped, failed } = report.equation;
  assert.equal(available, imported + partial + skipped + failed + report.open, `the equation in ${now.status}`);
  assert.ok(report.open >= 0 && report.isBalanced, report.imbalances.join());
  if (now.status === "closed") assert.equal(report.open, 0);
  if (last?.report.gen !== report.gen) return;
  const before = toGrowing(last.report);
  const went = toGrowing(report).map((number, place) => number - (before[place] ?? 0));
  assert.ok(
    went.every((step) => step >= 0),
    `numbers went back: ${went}`,
  );
}

/** Reads the report after every single write, while whatever runs side by side goes on writing. */
function watch(world: PipelineWorld): { readonly reports: readonly ReportNow[]; readonly faults: unknown[] } {
  const reports: ReportNow[] = [];
  const faults: unknown[] = [];
  let isReading = false;
  const look = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    try {
      const now = await readReport({ blobs: world.blobs, clock: world.clock }, dropOf(1));
      if (now === undefined) return;
      assertSound(now, reports.at(-1));
      reports.push(now);
    } catch (fault) {
      faults.push(fault);
    } finally {
      isReading = false;
    }
  };
  const { blobs } = world;
  const [create, replace] = [blobs.create.bind(blobs), blobs.replace.bind(blobs)];
  blobs.create = async (...args) => {
    const created = await create(...args);
    await look();
    return created;
  };
  blobs.replace = async (...args) => {
    const etag = await replace(...args);
    await look();
    return etag;
  };
  return { reports, faults };
}

/** What a running report and the closed one have in common. */
function toLasting({ report }: ReportNow): unknown {
  const { closedAt: _, ...lasting } = { closedAt: 0, ...report };
  return lasting;
}

async function runWatched(faults: readonly PortFault[], t?: Pick<PipelineWorld, "loses">): Promise<number> {
  const world = await beginDrop();
  if (t !== undefined) world.loses = t.loses;
  world.start(...faults.map((fault) => new FaultyPorts(fault)));
  const seen = watch(world);
  await world.runUntilQuiet(3 * 24 * 3600_000);
  // The process may die at this, too: then whoever asked for it asks again.
  for (let tries = 0; tries < 3 && (await world.drop(dropOf(1))).gen === 1; tries += 1) {
    await world.invoke((deps) => reprocessDrop(deps, dropOf(1)));
  }
  await world.runUntilQuiet(24 * 3600_000);
  assert.deepEqual(seen.faults, []);
  for (const gen of [1, 2]) {
    const ofGen = seen.reports.filter(({ report }) => report.gen === gen);
    const running = ofGen.filter(({ status }) => status === "running").at(-1);
    const closed = ofGen.find(({ status }) => status === "closed");
    assert.ok(running !== undefined && closed !== undefined);
    assert.deepEqual(toLasting(running), toLasting(closed));
  }
  return seen.reports.length;
}

test("at every write of a run and of its replay the equation holds, no number goes back, and the last report is the closed one", async (t) => {
  t.diagnostic(`${await runWatched([])} reports`);
});

test("so it does whichever call the process dies at", async (t) => {
  let reports = 0;
  await forEach(numbersOf(450, 23), async (nth) => {
    reports += await runWatched([{ nth, what: "vanish", when: nth % 2 === 0 ? "before" : "after" }]);
  });
  t.diagnostic(`${reports} reports`);
});

test("and with deaths, stumbles and lost messages together", async (t) => {
  let reports = 0;
  await forEach(numbersOf(12, 1), async (seed) => {
    const random = new Random(`report ${seed}`);
    const faults = Array.from({ length: 8 }, () => ({
      nth: random.int(1, 90),
      what: random.pick(["vanish", "throw"] as const),
      when: random.pick(["before", "after"] as const),
    }));
    reports += await runWatched(faults, { loses: () => random.next() < 0.1 });
  });
  t.diagnostic(`${reports} reports`);
});
