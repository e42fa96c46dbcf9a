import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids } from "../../support/small-drop.ts";

test("a day's files go the whole way: each item once in the mailbox of its sender and of every recipient", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const rows = [
    { id: "hello", from: "ann", to: ["bob", "eve"] },
    { id: "alone", from: "eve", to: ["eve"] },
  ];
  world.put("one.csv", csvOf(rows));
  world.put("two.csv", csvOf([{ id: "reply", from: "bob", to: ["ann"] }]));
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["hello", "reply"]);
  assert.deepEqual(world.textsIn(oids.bob), ["hello", "reply"]);
  const report = await world.report(dropOf(1));
  assert.deepEqual(report.equation, { available: 4, imported: 4, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual([report.items, report.unmappedItems, report.isBalanced], [3, 1, true]);
  assert.deepEqual(
    report.unmappedPeople.map(({ participant, reason }) => [participant.imId, reason]),
    [["eve", "unknown-user"]],
  );
  assert.deepEqual(world.errors, []);
});

test("a file without any item closes its drop with a report", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("empty-day.csv", csvOf([]));
  await world.runUntilQuiet();
  const report = await world.report(dropOf(1));
  assert.deepEqual([report.items, report.equation.available, report.isBalanced], [0, 0, true]);
  assert.equal(report.files[0]?.state, "verified");
});

test("a drop of which nobody has a mailbox closes by itself, every item unmapped", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("outside.csv", csvOf([{ id: "a", from: "eve", to: ["cid"] }]));
  await world.runUntilQuiet();
  const report = await world.report(dropOf(1));
  assert.deepEqual([report.items, report.unmappedItems, report.mailboxes, report.isBalanced], [1, 1, 0, true]);
});

test("files of two site days make two drops", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ zone: "America/New_York" }));
  world.put("late.csv", csvOf([{ id: "late", from: "ann", to: ["bob"] }]), Date.UTC(2026, 5, 4, 3, 59));
  world.put("early.csv", csvOf([{ id: "early", from: "ann", to: ["bob"] }]), Date.UTC(2026, 5, 4, 4, 1));
  await world.runUntilQuiet();
  assert.deepEqual((await world.report(dropOf(1, "2026-06-03"))).items, 1);
  assert.deepEqual((await world.report(dropOf(1, "2026-06-04"))).items, 1);
  assert.deepEqual(world.textsIn(oids.ann), ["early", "late"]);
});

test("a file of more than one chunk keeps every item", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  // A chunk ends by its length after the first two, and by its number of items after the next 2,500.
  const long = "x".repeat(1_000_000);
  const rows = Array.from({ length: 2_504 }, (_, n) => {
    const id = `m${n}`;
    return { id, from: "ann", to: ["bob"], text: n < 3 ? `${id} ${long}` : id };
  });
  world.put("long.csv", csvOf(rows));
  await world.runUntilQuiet();
  assert.equal((await world.drop(dropOf(1))).chunks, 3);
  const found = world.textsIn(oids.bob).map((text) => text.split(" ").at(0));
  assert.deepEqual([found.length, new Set(found)], [rows.length, new Set(rows.map(({ id }) => id))]);
});

test("a connector whose record cannot be read does not keep the others from being fetched", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.blobs.create("state/connector/aaa-broken", Buffer.from("no JSON"));
  world.put("one.csv", csvOf([{ id: "hello", from: "ann", to: ["bob"] }]));
  await world.runFor(30 * 60_000);
  assert.deepEqual(world.textsIn(oids.ann), ["hello"]);
  assert.ok(world.errors.some((error) => error instanceof AggregateError && /1 connectors/.test(error.message)));
});

test("from a chat day one finds the drops that brought items of it", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("one.csv", csvOf([{ id: "hello", from: "ann", to: ["bob"] }]));
  await world.runUntilQuiet();
  const found: string[] = [];
  for await (const { path } of world.blobs.list("reports/day/")) found.push(path);
  assert.equal(found.length, 1);
  assert.match(found[0] ?? "", /^reports\/day\/\d{4}-\d{2}-\d{2}\//);
  assert.ok(found[0]?.endsWith(`/${dropOf(1)}`));
});
