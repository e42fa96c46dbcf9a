import assert from "node:assert/strict";
import { test } from "node:test";
import { InvocationContext } from "@azure/functions";
import { toInvocation } from "../../../functions/invocation.ts";

const traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function linesOf(context: InvocationContext): unknown[] {
  const lines: unknown[] = [];
  context.info = (line: string) => lines.push(["info", JSON.parse(line)]);
  context.error = (line: string) => lines.push(["error", JSON.parse(line)]);
  return lines;
}

test("an invocation's lines bear the host's span, so that they can be joined with its requests", () => {
  const context = new InvocationContext({ functionName: "sweep", invocationId: "i-1", traceContext: { traceParent } });
  const lines = linesOf(context);
  const { log, trace } = toInvocation(context);
  log.info("drops.measured", { open: 1 });
  const own = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };
  assert.deepEqual(trace, own);
  assert.deepEqual(lines, [
    ["info", { event: "drops.measured", function: "sweep", invocation: "i-1", ...own, open: 1 }],
  ]);
});

test("a host without tracing gives each invocation a trace of its own", () => {
  const [one, two] = ["a", "b"].map((invocationId) =>
    toInvocation(new InvocationContext({ functionName: "sweep", invocationId })),
  );
  assert.match(`${one?.trace.trace} ${one?.trace.span}`, /^[\da-f]{32} [\da-f]{16}$/);
  assert.notDeepEqual(one?.trace, two?.trace);
});

test("a field cannot pass itself off as the event, nor break the line", () => {
  const context = new InvocationContext({ functionName: "sweep", invocationId: "i-1" });
  const texts: string[] = [];
  context.error = (line: string) => texts.push(line);
  const fields = { reason: 'other\n"event":"drop.closed"' };
  toInvocation(context).log.error("file.rejected", fields);
  assert.equal(texts.length, 1);
  assert.doesNotMatch(texts[0] ?? "", /\n/);
  assert.equal(JSON.parse(texts[0] ?? "").event, "file.rejected");
});
