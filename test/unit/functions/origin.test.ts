import assert from "node:assert/strict";
import { test } from "node:test";
import { toOrigin } from "../../../functions/origin.ts";
import { toTrace } from "../../../shared/telemetry/trace.ts";

const span = "b7ad6b7169203331";
const foreign = "0af7651916cd43dd8448eb211c80319c";
const runId = "acme-2026-06-03-1/2";
const task = { v: 1, runId, drop: "acme-2026-06-03-1", gen: 2, p: 0, P: 8 };

test("a message about a run puts its lines into the run's trace, below the span that sent it", () => {
  const origin = toOrigin({ ...task, traceparent: `00-${toTrace(runId)}-${span}-01` });
  assert.deepEqual(origin, { runId, trace: toTrace(runId), parent: span });
});

test("a message of a sender without a trace is in its run's trace all the same", () => {
  assert.deepEqual(toOrigin(task), { runId, trace: toTrace(runId) });
});

test("a message about no run is in its sender's trace", () => {
  const fetch = { v: 1, runId: "by hand", connector: "acme", traceparent: `00-${foreign}-${span}-01` };
  assert.deepEqual(toOrigin(fetch), { trace: foreign, parent: span });
});

test("a ticket's name tells the run", () => {
  const event = { ContainerName: "released", BlobName: `acme-2026-06-03-1/2/${"a".repeat(20)}.json` };
  assert.deepEqual(toOrigin(event), { runId, trace: toTrace(runId) });
});

test("nothing of a message that is none of ours gets into a line", () => {
  const words = "please sell everything";
  for (const message of [
    words,
    undefined,
    null,
    42,
    { drop: words, gen: 1, runId: words, traceparent: words },
    { drop: "acme-2026-06-03-1", gen: words },
    { BlobName: `${words}/1/x.json` },
    { BlobName: `acme-2026-06-03-1/${words}/x.json`, traceparent: { deep: words } },
  ]) {
    assert.deepEqual(toOrigin(message), {}, JSON.stringify(message));
  }
});
