import assert from "node:assert/strict";
import { test } from "node:test";
import { dayAfter, startOfDay } from "../../../local/sample/zone-day.ts";

const starts: readonly (readonly [day: string, zone: string, at: string])[] = [
  ["2026-06-03", "UTC", "2026-06-03T00:00:00Z"],
  ["2026-06-03", "Europe/London", "2026-06-02T23:00:00Z"],
  ["2026-06-03", "America/New_York", "2026-06-03T04:00:00Z"],
  ["2026-06-03", "Asia/Kolkata", "2026-06-02T18:30:00Z"],
  ["2026-03-29", "Europe/London", "2026-03-29T00:00:00Z"],
  ["2026-03-30", "Europe/London", "2026-03-29T23:00:00Z"],
  ["2026-11-01", "America/New_York", "2026-11-01T04:00:00Z"],
  ["2026-11-02", "America/New_York", "2026-11-02T05:00:00Z"],
];

for (const [day, zone, at] of starts) {
  test(`${day} begins in ${zone} at ${at}`, () => {
    assert.equal(new Date(startOfDay(day, zone)).toISOString(), new Date(at).toISOString());
  });
}

test("a month's last day is followed by the next month's first", () => {
  assert.equal(dayAfter("2026-02-28"), "2026-03-01");
  assert.equal(dayAfter("2026-12-31"), "2027-01-01");
});

test("a day or a zone that is none is refused", () => {
  assert.throws(() => startOfDay("3 June", "UTC"), /write it as 2026-06-03/);
  assert.throws(() => startOfDay("2026-06-03", "Mars/Olympus"), RangeError);
});
