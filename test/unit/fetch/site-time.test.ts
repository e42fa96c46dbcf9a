import assert from "node:assert/strict";
import { test } from "node:test";
import { isSettled } from "../../../shared/fetch/is-settled.ts";
import { toSiteDay } from "../../../shared/fetch/site-day.ts";

const entry = { path: "a.pgp", sizeInBytes: 10, modifiedAt: 1_000 };

test("a file is settled when two looks show the same", () => {
  assert.equal(isSettled(entry, { ...entry }), true);
  assert.equal(isSettled(entry, { ...entry, sizeInBytes: 11 }), false);
  assert.equal(isSettled(entry, { ...entry, modifiedAt: 2_000 }), false);
});

test("an empty file is never settled: the sender has only just made it", () => {
  assert.equal(isSettled({ ...entry, sizeInBytes: 0 }, { ...entry, sizeInBytes: 0 }), false);
});

test("the site day is cut in the connector's zone", () => {
  const instant = Date.UTC(2026, 5, 3, 3, 30);
  assert.equal(toSiteDay(instant, "UTC"), "2026-06-03");
  assert.equal(toSiteDay(instant, "America/New_York"), "2026-06-02");
  assert.equal(toSiteDay(instant, "Asia/Tokyo"), "2026-06-03");
});

test("the site day follows daylight saving", () => {
  assert.equal(toSiteDay(Date.UTC(2026, 0, 15, 23, 30), "Europe/London"), "2026-01-15");
  assert.equal(toSiteDay(Date.UTC(2026, 6, 15, 23, 30), "Europe/London"), "2026-07-16");
});

test("there is no site day in a zone that does not exist", () => {
  assert.throws(() => toSiteDay(0, "Mars/Olympus"), RangeError);
});
