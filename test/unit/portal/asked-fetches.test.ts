import assert from "node:assert/strict";
import { test } from "node:test";
import { isFetchAwaited } from "../../../portal/connectors/asked-fetches.ts";

const askedAt = "2026-06-03T06:00:00.000Z";
const soon = Date.parse(askedAt) + 3_000;

test("a fetch is awaited from when it was asked for until it was tried", () => {
  assert.equal(isFetchAwaited(askedAt, undefined, soon), true, "of a new connector");
  assert.equal(isFetchAwaited(askedAt, "2026-06-03T05:59:59.000Z", soon), true);
  assert.equal(isFetchAwaited(askedAt, "2026-06-03T06:00:02.000Z", soon), false);
  assert.equal(isFetchAwaited(undefined, undefined, soon), false);
});

test("a fetch that is never tried is not awaited for ever", () => {
  assert.equal(isFetchAwaited(askedAt, undefined, Date.parse(askedAt) + 3_600_000), false);
});
