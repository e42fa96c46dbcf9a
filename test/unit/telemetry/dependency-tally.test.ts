import assert from "node:assert/strict";
import { test } from "node:test";
import { type DependencyCall, DependencyTally } from "../../../shared/telemetry/dependency-tally.ts";
import { observed } from "../../../shared/telemetry/observed.ts";

test("requests are summed up by dependency and operation", () => {
  const tally = new DependencyTally();
  const read = { dependency: "blobs", operation: "read" } as const;
  tally.add({ ...read, durationInMs: 10.4, outcome: "ok" });
  tally.add({ ...read, durationInMs: 30.2, outcome: "failed" });
  tally.add({ ...read, durationInMs: 20, outcome: "throttled" });
  tally.add({ dependency: "queues", operation: "read", durationInMs: 1, outcome: "ok" });
  assert.deepEqual(tally.list(), [
    { ...read, calls: 3, failures: 1, throttled: 1, totalInMs: 61, longestInMs: 30 },
    ...[{ dependency: "queues", operation: "read", calls: 1, failures: 0, throttled: 0, totalInMs: 1, longestInMs: 1 }],
  ]);
});

test("a request is told of once, as what its answer or its error came to", async () => {
  const calls: DependencyCall[] = [];
  const common = { dependency: "graph", operation: "GET users", observe: (call: DependencyCall) => calls.push(call) };
  const request = { ...common, dependency: "graph" } as const;
  const judge = (status: number): DependencyCall["outcome"] => (status === 429 ? "throttled" : "ok");
  assert.equal(await observed({ ...request, judge }, async () => 200), 200);
  assert.equal(await observed({ ...request, judge }, async () => 429), 429);
  const away = new Error("away");
  await assert.rejects(
    observed(request, () => Promise.reject(away)),
    away,
  );
  const judgeError = () => "ok" as const;
  await assert.rejects(
    observed({ ...request, judgeError }, () => Promise.reject(away)),
    away,
  );
  assert.deepEqual(
    calls.map(({ outcome }) => outcome),
    ["ok", "throttled", "failed", "ok"],
  );
  assert.ok(calls.every(({ durationInMs }) => durationInMs >= 0 && durationInMs < 5000));
});
