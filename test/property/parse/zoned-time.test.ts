import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ZonedTime } from "../../../shared/parse/zoned-time.ts";

const zones = ["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];
const instant = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) });

/** What a clock on the wall of the zone shows, as if it were UTC: by the Swedish locale, which writes ISO dates. */
function shown(at: number, timeZone: string): number {
  const text = new Date(at).toLocaleString("sv-SE", { timeZone });
  return Date.parse(`${text.replace(" ", "T")}Z`) + (at % 1000);
}

for (const zone of zones) {
  test(`a time that clocks in ${zone} show is the instant at which they first show it`, () => {
    const zoned = new ZonedTime(zone);
    fc.assert(
      fc.property(instant, (at) => {
        const local = shown(at, zone);
        const found = zoned.toInstant(local);
        assert.ok(found !== undefined && found <= at && at - found <= 3_600_000 * 2);
        assert.equal(shown(found, zone), local);
      }),
    );
  });
}
