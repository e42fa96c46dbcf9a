import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorName, dropId } from "../../../shared/chat/identifiers.ts";
import { toTracedQueues } from "../../../shared/store/traced-queues.ts";
import { toTrace } from "../../../shared/telemetry/trace.ts";
import { MemoryQueues } from "../../support/memory-queues.ts";

const own = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };
const runId = "acme-2026-06-03-1/2";

test("a message about a run is in the run's trace, whoever sends it; the span is the sender's", async () => {
  const queues = new MemoryQueues();
  const task = { v: 1, runId, drop: dropId.parse("acme-2026-06-03-1"), gen: 2, p: 0, P: 8 } as const;
  await toTracedQueues(queues, own).send("partitions", task);
  assert.deepEqual(queues.all("partitions"), [{ ...task, traceparent: `00-${toTrace(runId)}-${own.span}-01` }]);
});

test("a message that goes on, sent again by a later slice, names its new sender", async () => {
  const queues = new MemoryQueues();
  const task = { v: 1, runId: "by hand", connector: connectorName.parse("acme") } as const;
  await toTracedQueues(queues, own).send("fetches", {
    ...task,
    traceparent: `00-${toTrace(runId)}-${"c".repeat(16)}-01`,
  });
  assert.deepEqual(queues.all("fetches"), [{ ...task, traceparent: `00-${own.trace}-${own.span}-01` }]);
});

test("a delay is handed on", async () => {
  const queues = new MemoryQueues({ now: () => 1000 });
  await toTracedQueues(queues, own).send("fetches", { v: 1, runId: "x", connector: connectorName.parse("a") }, 5000);
  assert.equal(queues.nextVisibleAt("fetches"), 6000);
});
