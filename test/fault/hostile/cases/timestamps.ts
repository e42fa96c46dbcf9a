import assert from "node:assert/strict";
import { type HostileCase, type HostileKind, refused, taken, word } from "../hostile-case.ts";
import { csv, record } from "../make/csv.ts";
import { fileDump, joined, message } from "../make/xml.ts";

const bad = (name: string, time: string, code = "bad-timestamp", more = {}): HostileCase =>
  refused(`${name} in a CSV`, "day.csv", () => csv(record(`${word}`, time)), code, {
    says: /column Timestamp/,
    ...more,
  });
const badEpoch = (name: string, time: string): HostileCase =>
  refused(`${name} in an XML`, "day.xml", () => fileDump(message(word, time)), "bad-timestamp", {
    says: /Message\[1\]\/DateTimeUTC/,
  });
const good = (name: string, time: string, shown: string, zone?: string): HostileCase =>
  taken(
    `${name} in a CSV`,
    "day.csv",
    () => csv(record(word, time)),
    1,
    ([mail]) => assert.match(mail?.rows.get("Sent") ?? "", new RegExp(`^${shown} UTC`)),
    zone === undefined ? {} : { connector: { timestampZone: zone } },
  );

const cases: HostileCase[] = [
  good("seconds", "1780491906", "2026-06-03 13:05:06"),
  good("milliseconds", "1780491906789", "2026-06-03 13:05:06"),
  bad("microseconds", "1780491906789012"),
  bad("nanoseconds", "1780491906789012345"),
  bad("a negative epoch", "-1780491906"),
  bad("a float", "1780491906.789"),
  bad("an exponent", "1.780491906e9"),
  bad("hexadecimal", "0x6A1F1F02"),
  bad("an epoch of nine digits", "999999999"),
  bad("digits of another script", "１７８０４９１９０６"),
  bad("a spreadsheet's day number", "46176.5452"),
  bad("Infinity", "Infinity"),
  bad("a word", word),
  bad("nothing", "", "missing-field"),
  badEpoch("microseconds", "1780491906789012"),
  badEpoch("a negative epoch", "-1780491906"),
  badEpoch("a float", "1780491906.5"),
  badEpoch("an ISO time", "2026-06-03T13:05:06Z"),
  badEpoch("a word", word),
  refused("a zero in an XML", "day.xml", () => fileDump(message(word, "0")), "missing-field"),
  refused("a join at no time", "day.xml", () => fileDump(`${joined("x", word)}${message()}`), "bad-timestamp", {
    says: /ParticipantEntered\[4\]/,
  }),
  good("the last second that ten digits can tell", "9999999999", "2286-11-20 17:46:39"),
  good("the first second", "0000000000", "1970-01-01 00:00:00"),
  good("the year 9999", "9999-12-31T23:59:59Z", "9999-12-31 23:59:59"),
  bad("the year 9999 that is 10000 in UTC", "9999-12-31T23:59:59-01:00"),
  bad("the year 9999 that is 10000 in UTC by the connector's zone", "9999-12-31T23:59:59", "bad-timestamp", {
    connector: { timestampZone: "America/New_York" },
  }),
  bad("the year 10000", "10000-01-01T00:00:00Z"),
  bad("a year with a sign", "+010000-01-01T00:00:00Z"),
  bad("the year 1969", "1969-12-31T23:59:59Z"),
  bad("1970 that is 1969 in UTC", "1970-01-01T00:00:00+01:00"),
  bad("the year 0000", "0000-00-00T00:00:00Z"),
  bad("30 February", "2026-02-30T00:00:00Z"),
  bad("29 February of no leap year", "2026-02-29T00:00:00Z"),
  good("29 February of a leap year", "2028-02-29T12:00:00Z", "2028-02-29 12:00:00"),
  bad("hour 24", "2026-06-03T24:00:00Z"),
  bad("minute 60", "2026-06-03T13:60:00Z"),
  bad("a leap second", "2016-12-31T23:59:60Z"),
  good("an offset of three quarters of an hour", "2026-06-03T18:50:06+05:45", "2026-06-03 13:05:06"),
  good("an offset of fourteen hours", "2026-06-04T03:05:06+14", "2026-06-03 13:05:06"),
  bad("an offset of fifteen hours", "2026-06-03T13:05:06+15:00"),
  bad("an offset of 60 minutes", "2026-06-03T13:05:06+05:60"),
  good("nine decimals", "2026-06-03T13:05:06.123456789Z", "2026-06-03 13:05:06"),
  bad("ten decimals", "2026-06-03T13:05:06.1234567890Z"),
  bad("an American date", "06/03/2026 13:05:06"),
  bad("a week date", "2026-W23-3"),
  bad("a date without time", "2026-06-03"),
  bad("no zone where none is set", "2026-06-03T13:05:06", "timestamp-without-zone", {
    says: /set the connector's zone/,
  }),
  good("no zone where one is set", "2026-06-03T14:05:06", "2026-06-03 13:05:06", "Europe/London"),
  bad("the hour that summer time skips", "2026-03-29T01:30:00", "bad-timestamp", {
    connector: { timestampZone: "Europe/London" },
    says: /summer time skips/,
  }),
  good("the hour that comes twice in autumn", "2026-10-25T01:30:00", "2026-10-25 00:30:00", "Europe/London"),
  bad("the day that Samoa left out", "2011-12-30T12:00:00", "bad-timestamp", {
    connector: { timestampZone: "Pacific/Apia" },
  }),
  good("a zone of half an hour's summer time", "2026-04-05T01:45:00", "2026-04-04 14:45:00", "Australia/Lord_Howe"),
  taken(
    "messages long before and after their conversation",
    "day.xml",
    () =>
      fileDump(
        `<StartTimeUTC>1780444800</StartTimeUTC>${message(`${word} 1`, 1000000000)}${message(`${word} 2`, 1900000000)}<EndTimeUTC>1780531200</EndTimeUTC>`,
      ),
    2,
  ),
  taken(
    "seconds and milliseconds mixed",
    "day.xml",
    () => fileDump(`${message(`${word} 1`)}${message(`${word} 2`, "1780491907000")}`),
    2,
  ),
  taken(
    "a conversation that ends before it starts",
    "day.xml",
    () => fileDump(`<StartTimeUTC>1780531200</StartTimeUTC>${message()}<EndTimeUTC>1780444800</EndTimeUTC>`),
    1,
  ),
];

/** Times of every kind. */
export const timestamps: HostileKind = { kind: "timestamps", cases };
