import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTraceparent, toRunId, toTrace, toTraceparent, withRun } from "../../../shared/telemetry/trace.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";

test("a traceparent is read as W3C writes it, whatever its version's further parts", () => {
  assert.deepEqual(parseTraceparent(`00-${trace}-${span}-01`), { trace, span });
  assert.deepEqual(parseTraceparent(`cc-${trace}-${span}-00-more`), { trace, span });
  assert.deepEqual(parseTraceparent(toTraceparent({ trace, span })), { trace, span });
});

test("what is no traceparent is none", () => {
  const zeros = "0".repeat(32);
  for (const text of [
    undefined,
    null,
    "",
    "words of a chat",
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${zeros}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace}-${span}`,
    `x00-${trace}-${span}-01`,
  ]) {
    assert.equal(parseTraceparent(text), undefined, String(text));
  }
});

test("a run has one trace, each generation its own", () => {
  const [first, second] = [toRunId("acme-2026-06-03-1", 1), toRunId("acme-2026-06-03-1", 2)];
  assert.equal(first, "acme-2026-06-03-1/1");
  assert.match(toTrace(first), /^[\da-f]{32}$/);
  assert.equal(toTrace(first), toTrace("acme-2026-06-03-1/1"));
  assert.notEqual(toTrace(first), toTrace(second));
});

test("a line about a drop is in the drop's trace, a line about none in its invocation's", () => {
  const ofDrop = withRun({ trace, drop: "acme-2026-06-03-1", gen: 2, items: 7 });
  assert.deepEqual(ofDrop, {
    ...{ drop: "acme-2026-06-03-1", gen: 2, items: 7 },
    ...{ runId: "acme-2026-06-03-1/2", trace: toTrace("acme-2026-06-03-1/2") },
  });
  assert.deepEqual(withRun({ trace, drop: "acme-2026-06-03-1" }), { trace, drop: "acme-2026-06-03-1" });
});
