import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecordingLog } from "../../support/recording-log.ts";

test("a line has the fields of its parents, and its own before theirs", () => {
  const log = createRecordingLog();
  log.child({ runId: "r1", drop: "acme" }).child({ gen: 2 }).warn("drop.waits-for-release", { drop: "other" });
  log.info("drops.measured", { open: 1 });
  assert.deepEqual(log.lines, [
    { level: "warn", event: "drop.waits-for-release", fields: { runId: "r1", drop: "other", gen: 2 } },
    { level: "info", event: "drops.measured", fields: { open: 1 } },
  ]);
  assert.equal(log.of("drops.measured").length, 1);
});

test("the log of the tests refuses fields that the catalog does not have, and another level", () => {
  const log = createRecordingLog();
  const wide = { open: 1, person: "ann" };
  assert.throws(() => log.info("drops.measured", { ...wide }), /fields that the catalog does not have: person/);
  assert.throws(() => Reflect.apply(log.error, log, ["drops.measured", {}]), /is of level info/);
});
