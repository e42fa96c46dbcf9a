import assert from "node:assert/strict";
import { test } from "node:test";
import { createJsonLog } from "../../../shared/telemetry/log.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

test("a line is one JSON object with time, level, event and the fields of its parents", () => {
  const lines: string[] = [];
  const log = createJsonLog((line) => lines.push(line), new FakeClock());
  log.child({ runId: "r1", drop: "acme" }).child({ gen: 2 }).warn("drop.held", { items: 7, reason: undefined });
  assert.deepEqual(lines, [
    '{"runId":"r1","drop":"acme","gen":2,"items":7,"time":"2026-06-04T13:00:00.000Z","level":"warn","event":"drop.held"}',
  ]);
});

test("a field cannot pass itself off as the event, nor break the line", () => {
  const lines: string[] = [];
  const log = createJsonLog((line) => lines.push(line), new FakeClock());
  log.info("item.imported", { event: "other\n", level: "error" });
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0] ?? "", /\n/);
  assert.equal(JSON.parse(lines[0] ?? "").event, "item.imported");
});

test("the recording log keeps the lines of its children", () => {
  const log = createRecordingLog();
  log.child({ drop: "acme" }).error("drop.failed", { status: 500 });
  log.info("sweep.done");
  assert.deepEqual(log.of("drop.failed"), [
    { level: "error", event: "drop.failed", fields: { drop: "acme", status: 500 } },
  ]);
  assert.equal(log.lines.length, 2);
});
