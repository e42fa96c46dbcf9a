import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEpoch, TimestampReader } from "../../../shared/parse/timestamp.ts";

const noZone = new TimestampReader(undefined);
const at = (text: string, zone?: string) => new TimestampReader(zone).read(text);

test("reads an epoch of 10 digits as seconds and one of 13 as milliseconds", () => {
  assert.deepEqual(parseEpoch("1780491906"), { first: 1780491906000, last: 1780491906999 });
  assert.deepEqual(parseEpoch("1780491906123"), { first: 1780491906123, last: 1780491906123 });
  assert.equal(noZone.read("1780491906"), 1780491906000);
  assert.equal(noZone.read("1780491906123"), 1780491906123);
});

test("refuses epochs of any other length, rather than guess their unit", () => {
  for (const text of [
    "",
    "0",
    "178049190",
    "17804919061",
    "1780491906123456",
    "-1780491906",
    "1.780491906e9",
    "1780491906.5",
  ]) {
    assert.equal(parseEpoch(text), undefined, text);
    assert.equal(noZone.read(text), "bad-timestamp", text);
  }
});

test("reads ISO 8601 with a zone", () => {
  const instant = Date.UTC(2026, 5, 3, 14, 5, 6);
  for (const text of [
    "2026-06-03T14:05:06Z",
    "2026-06-03 14:05:06z",
    "2026-06-03T15:05:06+01:00",
    "2026-06-03T15:05:06+0100",
    "2026-06-03T15:05:06+01",
    "2026-06-03T08:35:06-05:30",
    "2026-06-03T14:05:06.000Z",
  ]) {
    assert.equal(noZone.read(text), instant, text);
  }
  assert.equal(noZone.read("2026-06-03T14:05Z"), instant - 6000);
  assert.equal(noZone.read("2026-06-03T14:05:06,5Z"), instant + 500);
  assert.equal(noZone.read("2026-06-03T14:05:06.123999Z"), instant + 123);
});

test("refuses days and hours that no calendar has, and other spellings", () => {
  for (const text of [
    "2026-02-29T10:00:00Z",
    "2026-13-01T10:00:00Z",
    "2026-00-10T10:00:00Z",
    "2026-06-31T10:00:00Z",
    "2026-06-03T24:00:00Z",
    "2026-06-03T10:60:00Z",
    "2026-06-03T10:00:60Z",
    "2026-06-03T10:00:00+15:00",
    "06/03/2026 10:00:00",
    "2026-06-03",
    "yesterday",
  ]) {
    assert.equal(noZone.read(text), "bad-timestamp", text);
  }
});

test("takes a time without zone only when the connector names one", () => {
  assert.equal(noZone.read("2026-06-03T14:05:06"), "timestamp-without-zone");
  assert.equal(at("2026-06-03T14:05:06", "Europe/London"), Date.UTC(2026, 5, 3, 13, 5, 6));
  assert.equal(at("2026-01-03T14:05:06", "Europe/London"), Date.UTC(2026, 0, 3, 14, 5, 6));
  assert.equal(at("2026-06-03T14:05:06", "America/New_York"), Date.UTC(2026, 5, 3, 18, 5, 6));
  assert.equal(at("2026-06-03T14:05:06.250", "Asia/Kolkata"), Date.UTC(2026, 5, 3, 8, 35, 6, 250));
});

test("refuses the hour that summer time skips, to the second", () => {
  assert.equal(at("2026-03-29T00:59:59", "Europe/London"), Date.UTC(2026, 2, 29, 0, 59, 59));
  assert.equal(at("2026-03-29T01:00:00", "Europe/London"), "skipped-by-summer-time");
  assert.equal(at("2026-03-29T01:59:59", "Europe/London"), "skipped-by-summer-time");
  assert.equal(at("2026-03-29T02:00:00", "Europe/London"), Date.UTC(2026, 2, 29, 1, 0, 0));
  assert.equal(at("2026-10-04T02:15:00", "Australia/Lord_Howe"), "skipped-by-summer-time");
  assert.equal(at("2011-12-30T12:00:00", "Pacific/Apia"), "skipped-by-summer-time");
});

test("takes the first of the two in the hour that is repeated in autumn", () => {
  assert.equal(at("2026-10-25T01:30:00", "Europe/London"), Date.UTC(2026, 9, 25, 0, 30));
  assert.equal(at("2026-11-01T01:30:00", "America/New_York"), Date.UTC(2026, 10, 1, 5, 30));
  assert.equal(at("2026-10-25T02:00:00", "Europe/London"), Date.UTC(2026, 9, 25, 2, 0));
});

test("refuses a zone that does not exist", () => {
  assert.throws(() => new TimestampReader("Europe/Atlantis"), RangeError);
});
