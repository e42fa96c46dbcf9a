import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorName, dropId } from "../../../shared/chat/identifiers.ts";
import { isDue } from "../../../shared/pipeline/fetch-due.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const retry = 30 * 60_000;
const daily = { schedule: "0 6 * * *", zone: "Europe/London", isPaused: false };
const at = (iso: string) => Date.parse(iso);
const fetched = (iso: string, given: object = {}) => ({ fetchedAt: at(iso), triedAt: at(iso), unsettled: 0, ...given });

test("a connector that was never fetched is due at once", () => {
  assert.equal(isDue(daily, undefined, 0, retry), true);
});

test("the schedule goes by the connector's zone, through the change to summer time", () => {
  const before = fetched("2026-03-28T06:00:00Z");
  assert.equal(isDue(daily, before, at("2026-03-29T04:59:59Z"), retry), false);
  assert.equal(isDue(daily, before, at("2026-03-29T05:00:00Z"), retry), true);
});

test("a day on which the app did not run is made up for once, as soon as it does", () => {
  const before = fetched("2026-06-01T05:00:00Z");
  const now = at("2026-06-03T11:00:00Z");
  assert.equal(isDue(daily, before, now, retry), true);
  assert.equal(isDue(daily, fetched("2026-06-03T11:00:00Z"), now + 60_000, retry), false);
});

test("after a failed try the next one waits, and comes before the next day", () => {
  const failed = fetched("2026-06-02T05:00:00Z", { triedAt: at("2026-06-03T05:00:00Z") });
  assert.equal(isDue(daily, failed, at("2026-06-03T05:29:00Z"), retry), false);
  assert.equal(isDue(daily, failed, at("2026-06-03T05:30:00Z"), retry), true);
});

test("files that still grew make it due again after the same wait", () => {
  const growing = fetched("2026-06-03T05:00:00Z", { unsettled: 1 });
  assert.equal(isDue(daily, growing, at("2026-06-03T05:29:00Z"), retry), false);
  assert.equal(isDue(daily, growing, at("2026-06-03T05:30:00Z"), retry), true);
});

test("a paused connector is never due", () => {
  assert.equal(isDue({ ...daily, isPaused: true }, undefined, 0, retry), false);
});

test("a connector that was removed and is added again under another name imports nothing a second time", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.runUntilQuiet();
  await world.blobs.remove(`state/connector/${acme}`);
  const other = connectorName.parse("acme-new");
  world.sites.set(other, world.siteOf());
  await world.save(connectorOf({ name: other }));
  await world.runUntilQuiet();
  assert.equal((await world.report(dropId.parse(`${other}-2026-06-04-1`))).files[0]?.state, "duplicate");
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
  assert.equal((await world.drop(dropOf(1))).state, "closed");
});

test("two connectors whose names begin alike do not take up each other's drops", async () => {
  const world = new PipelineWorld();
  const longer = connectorName.parse("acme-2");
  await world.save(connectorOf());
  await world.save(connectorOf({ name: longer, isPaused: true }));
  world.siteOf(longer).put("/out/b.csv", csvOf(rowsOf("b", 1)), world.clock.now());
  world.put("a.csv", csvOf(rowsOf("a", 1)));
  await world.runFor(30 * 60_000);
  assert.deepEqual(world.textsIn(oids.ann), ["a-0"]);
  await world.save(connectorOf({ name: longer }));
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "b-0"]);
  assert.equal((await world.files(dropOf(1))).length, 1);
});
