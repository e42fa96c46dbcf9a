import assert from "node:assert/strict";
import { test } from "node:test";
import type { GraphReply } from "../../../shared/graph/graph.ts";
import { toGraphFault } from "../../../shared/graph/graph-fault.ts";

function reply(status: number, headers: Record<string, string>, body?: unknown): GraphReply {
  return { status, headers: new Headers(headers), body, requestId: "r", receivedAt: Date.UTC(2026, 5, 3, 10, 0, 0) };
}

for (const [value, expected] of [
  ["7", 7000],
  ["0", 0],
  ["1.25", 1250],
  ["0.0001", 1],
  ["86400", 86_400_000],
  [" 5 ", 5000],
  ["Wed, 03 Jun 2026 10:00:30 GMT", 30_000],
  ["Wed, 03 Jun 2026 09:00:00 GMT", 0],
  ["-5", undefined],
  ["", undefined],
  ["soon", undefined],
  ["5 seconds", undefined],
  ["NaN", undefined],
  ["99999999999999", undefined],
] as const) {
  test(`Retry-After "${value}" asks for ${expected === undefined ? "nothing readable" : `${expected} ms`}`, () => {
    assert.equal(toGraphFault(reply(429, { "retry-after": value })).retryAfterInMs, expected);
  });
}

test("a date is taken against the answer's own Date, whatever our clock says", () => {
  const headers = { "retry-after": "Wed, 03 Jun 2026 13:00:30 GMT", date: "Wed, 03 Jun 2026 13:00:00 GMT" };
  assert.equal(toGraphFault(reply(503, headers)).retryAfterInMs, 30_000);
});

test("an absent Retry-After leaves the field out", () => {
  assert.deepEqual(toGraphFault(reply(404, {}, { error: { code: "ErrorItemNotFound", message: "gone" } })), {
    status: 404,
    code: "ErrorItemNotFound",
  });
});

test("a body that is no Graph error has the empty code", () => {
  for (const body of [undefined, null, "x", { error: "x" }, { error: { code: 5 } }]) {
    assert.equal(toGraphFault(reply(500, {}, body)).code, "");
  }
});

test("a sentence in the code's place is not passed on: it may quote the item", () => {
  const code = "The subject 'sell everything before noon' is too long";
  assert.equal(toGraphFault(reply(400, {}, { error: { code } })).code, "code-that-is-none");
  for (const known of ["ErrorItemNotFound", "Request_ResourceNotFound", "-2147024894", "20166"]) {
    assert.equal(toGraphFault(reply(400, {}, { error: { code: known } })).code, known);
  }
});
