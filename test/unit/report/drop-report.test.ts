import assert from "node:assert/strict";
import { test } from "node:test";
import { type Tallies, toImbalances } from "../../../shared/report/drop-report.ts";
import { toGzipLines } from "../../../shared/store/lines.ts";
import { paths } from "../../../shared/store/paths.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const right: Tallies = {
  equation: { available: 6, imported: 2, partial: 1, skipped: 2, failed: 1 },
  items: 5,
  indexed: { items: 5, deliveries: 6, unmapped: 1 },
};

test("numbers that agree have no imbalance", () => {
  assert.deepEqual(toImbalances(right), []);
});

for (const [what, wrong, told] of [
  ["an outcome that is lacking", { equation: { ...right.equation, failed: 0 } }, /available: 6, but .*: 5/],
  [
    "an item that is not in the index",
    { indexed: { ...right.indexed, items: 4 } },
    /items counted at the gate: 5, but .*: 4/,
  ],
  [
    "a delivery that is in no work list",
    { indexed: { ...right.indexed, deliveries: 7 } },
    /items x mailboxes in the index: 7/,
  ],
] as const) {
  test(`${what} is told with both numbers`, () => {
    const imbalances = toImbalances({ ...right, ...wrong });
    assert.equal(imbalances.length, 1);
    assert.match(imbalances[0] ?? "", told);
  });
}

test("a report whose index lost lines is not balanced, says so in the log, and the drop is closed all the same", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  world.loses = (queue) => queue === "mailboxes";
  await world.runFor(10 * 60_000);
  const [index] = world.blobs.all().filter((path) => path.startsWith(paths.indexOf(dropOf(1), 1)));
  assert.ok(index !== undefined);
  await world.blobs.remove(index);
  await world.blobs.create(index, toGzipLines(["key,2026-06-03,file:0,unmapped"]));
  world.loses = () => false;
  await world.runUntilQuiet();
  const { isBalanced, imbalances } = await world.report(dropOf(1));
  assert.equal(isBalanced, false);
  assert.equal(imbalances.length, 2);
  assert.equal(world.log.of("report.not-balanced").length, 1);
});

test("a mailbox that is blocked is in the report with its reason and its items, which count as failed", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  world.mailboxOf(oids.ann).rootId = async () => ({
    type: "blocked",
    reason: "no-mailbox",
    code: "MailboxNotEnabledForRESTAPI",
  });
  await world.runUntilQuiet();
  const { blocked, equation, failures, isBalanced } = await world.report(dropOf(1));
  assert.deepEqual(
    blocked.map(({ reason, items }) => [reason, items]),
    [["no-mailbox", 3]],
  );
  assert.deepEqual([equation.imported, equation.failed, isBalanced], [3, 3, true]);
  assert.deepEqual([...new Set(failures.map(({ reason }) => reason))], ["blocked:no-mailbox"]);
});
