import assert from "node:assert/strict";
import { test } from "node:test";
import { toUtcBeside } from "../../../portal/parts/times.ts";

const at = "2026-06-03T23:30:00.000Z";

test("UTC stands beside a reader's time, with the date where that is another", () => {
  assert.equal(toUtcBeside(at, "3 Jun 2026, 17:30 GMT-6"), "23:30 UTC");
  assert.equal(toUtcBeside(at, "4 Jun 2026, 00:30 BST"), "3 Jun 2026, 23:30 UTC");
});

test("it does not stand beside itself", () => {
  assert.equal(toUtcBeside(at, "3 Jun 2026, 23:30 UTC"), undefined);
});
