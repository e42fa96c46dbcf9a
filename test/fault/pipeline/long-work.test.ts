import assert from "node:assert/strict";
import { test } from "node:test";
import { runState } from "../../../shared/pipeline/run-state.ts";
import { paths } from "../../../shared/store/paths.ts";
import { listDocuments } from "../../../shared/store/state-document.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";
import { forEach, mailboxesOf, numbersOf, outcomeOf } from "./a-drop.ts";

const aDayInMs = 24 * 3600_000;
const items = 36;
const minute = 60_000;

/** A drop of which each mailbox gets far more than one slice can do: a creation takes fifteen seconds, a slice four minutes. */
async function beginLong(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("long.csv", csvOf(rowsOf("item", items)));
  for (const oid of [oids.ann, oids.bob]) {
    world.mailboxOf(oid).onCreate = async (moment) => world.clock.turn(moment === "before" ? 15_000 : 0);
  }
  return world;
}

async function runLong(...faults: readonly PortFault[]): Promise<PipelineWorld> {
  const world = await beginLong();
  world.start(new FaultyPorts(...faults));
  await world.runUntilQuiet(2 * aDayInMs);
  return world;
}

async function slicesOf(world: PipelineWorld): Promise<number[]> {
  const slices: number[] = [];
  for await (const { value } of listDocuments(world.blobs, paths.runs(dropOf(1), 1), runState))
    slices.push(value.slice);
  return slices;
}

test("a mailbox with far more items than one slice can do gets them slice after slice, each within its time", async () => {
  const world = await runLong();
  assert.equal(world.errors.length, 0);
  const { mailboxes, report } = await outcomeOf(world);
  assert.deepEqual([mailboxes.ann.length, mailboxes.bob.length], [items, items]);
  assert.deepEqual(new Set(mailboxes.bob).size, items);
  assert.deepEqual(report.equation, { available: 2 * items, imported: 2 * items, partial: 0, skipped: 0, failed: 0 });
  for (const slices of await slicesOf(world)) assert.ok(slices >= 2, `${slices} slices`);
});

test("so it does wherever the process dies or the host's time limit ends it in the middle of a slice", async (t) => {
  const whole = await runLong();
  const expected = await outcomeOf(whole);
  const { calls } = whole.process.ports;
  let deaths = 0;
  await forEach(numbersOf(calls.length, Math.ceil(calls.length / 5)), async (nth) => {
    for (const what of ["vanish", "hang"] as const) {
      assert.deepEqual(await outcomeOf(await runLong({ nth, what, when: "after" })), expected);
      deaths += 1;
    }
  });
  t.diagnostic(`${calls.length} calls, ${deaths} deaths`);
});

test("Graph's Retry-After of minutes in an import ends the slice; the next one goes on behind what is in", async () => {
  const world = await beginLong();
  const bob = world.mailboxOf(oids.bob);
  const retryAfterInMs = 20 * minute;
  const createdAt: number[] = [];
  bob.onCreate = async (moment) => {
    if (moment === "before") createdAt.push(world.clock.now());
  };
  bob.mishapOf = (creation) =>
    creation === 20 ? { stores: false, outcome: { type: "throttled", retryAfterInMs } } : undefined;
  await world.runUntilQuiet(aDayInMs);
  const { mailboxes, report } = await outcomeOf(world);
  assert.equal(report.equation.imported, 2 * items);
  assert.deepEqual(mailboxesOf(world).bob, mailboxes.ann);
  assert.equal(bob.creations, items + 1, "only the one that was turned away is sent again");
  const rests = createdAt.map((at, n) => (createdAt[n + 1] ?? at) - at).filter((rest) => rest >= retryAfterInMs);
  assert.equal(rests.length, 1, "nothing is sent before the time that Graph has asked for");
});
