import { ZonedTime } from "./zoned-time.ts";

/** A time as precise as the file gives it: the first and the last millisecond (since 1970, UTC) that it may mean. */
export interface Instant {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads an epoch in seconds (10 digits) or milliseconds (13 digits). Other lengths are refused: a guess between
 * seconds, milliseconds and microseconds would put a message into another century.
 */
export function parseEpoch(text: string): Instant | undefined {
  if (text.length !== 10 && text.length !== 13) return undefined;
  const value = toWhole(text);
  if (value === undefined) return undefined;
  return text.length === 10 ? { first: value * 1000, last: value * 1000 + 999 } : { first: value, last: value };
}

/** Digits alone as a number: a day has a time for each message, and a regular expression costs ten times as much. */
function toWhole(text: string): number | undefined {
  let value = 0;
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** Why a timestamp cannot be read. */
export type TimestampFault = "bad-timestamp" | "timestamp-without-zone" | "skipped-by-summer-time";

const iso =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:(Z|z)|([+-])(\d{2})(?::?(\d{2}))?)?$/;

/** Reads the timestamps of flat records: ISO 8601 with a zone, without one (in the connector's zone), or an epoch. */
export class TimestampReader {
  readonly #zone: ZonedTime | undefined;

  /** @throws RangeError when there is no such zone */
  constructor(zone: string | undefined) {
    this.#zone = zone === undefined ? undefined : new ZonedTime(zone);
  }

  /** The instant in ms since 1970, UTC, or why there is none. */
  read(text: string): number | TimestampFault {
    const epoch = parseEpoch(text);
    if (epoch !== undefined) return epoch.first;
    const parts = iso.exec(text);
    if (parts === null) return "bad-timestamp";
    const local = toLocal(parts);
    if (local === undefined) return "bad-timestamp";
    const instant = this.#toInstant(local, parts);
    return typeof instant === "string" || isInRange(instant) ? instant : "bad-timestamp";
  }

  #toInstant(local: number, parts: RegExpExecArray): number | TimestampFault {
    if (parts[8] !== undefined) return local;
    if (parts[9] !== undefined) return toUtc(local, parts[9], Number(parts[10]), Number(parts[11] ?? 0));
    if (this.#zone === undefined) return "timestamp-without-zone";
    return this.#zone.toInstant(local) ?? "skipped-by-summer-time";
  }
}

/** The years 1970 to 9999, UTC: a chat day has four digits for its year, and an offset leads out of them. */
function isInRange(instant: number): boolean {
  return instant >= 0 && instant < Date.UTC(10_000, 0);
}

/** The shown time as if it were UTC; undefined for days and hours that no calendar has. */
function toLocal(parts: RegExpExecArray): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = [1, 2, 3, 4, 5, 6].map((i) =>
    Number(parts[i] ?? 0),
  );
  const milliseconds = Number((parts[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const shown = new Date(local);
  const isDay = year >= 1970 && shown.getUTCMonth() === month - 1 && shown.getUTCDate() === day;
  return isDay && hour < 24 && minute < 60 && second < 60 ? local : undefined;
}

function toUtc(local: number, sign: string, hours: number, minutes: number): number | TimestampFault {
  if (hours > 14 || minutes > 59) return "bad-timestamp";
  const offset = (hours * 60 + minutes) * 60_000;
  return sign === "-" ? local + offset : local - offset;
}
