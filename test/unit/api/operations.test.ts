import assert from "node:assert/strict";
import { test } from "node:test";
import { endpoints } from "../../../shared/api/endpoints.ts";
import { operations } from "../../../shared/api/operations.ts";

test("every endpoint has one route and one handler", (t) => {
  const answered = operations.map(({ route }) => route.endpoint);
  assert.equal(new Set(answered).size, answered.length, "an endpoint is answered twice");
  assert.deepEqual(answered.toSorted(), Object.keys(endpoints).toSorted());
  t.diagnostic(`${answered.length} endpoints`);
});
