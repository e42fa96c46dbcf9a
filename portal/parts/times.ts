import { texts } from "../texts.ts";

/** An instant as the API tells it: ISO 8601, or milliseconds since 1970. */
export type InstantValue = string | number;

const local = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const localZone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short", hour: "numeric" });
const utc = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const utcTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

/** In the reader's zone, with the zone's name. */
export function toLocalText(at: InstantValue): string {
  const date = new Date(at);
  const zone = localZone.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "";
  return `${local.format(date)} ${zone}`.trim();
}

/**
 * In UTC, to stand beside the reader's own time: the time alone where the date is the reader's too, and nothing where the
 * reader lives by UTC.
 *
 * @param shown the instant as toLocalText shows it
 */
export function toUtcBeside(at: InstantValue, shown = toLocalText(at)): string | undefined {
  const date = new Date(at);
  const whole = texts.parts.utc(utc.format(date));
  if (shown === whole) return undefined;
  return shown.split(",")[0] === whole.split(",")[0] ? texts.parts.utc(utcTime.format(date)) : whole;
}

/** The time of day in the reader's zone, to the second: for what was just read. */
export function toClockText(at: InstantValue): string {
  return clock.format(new Date(at));
}

/** A calendar day, YYYY-MM-DD, which belongs to no zone. */
export function toDayText(isoDay: string): string {
  return day.format(new Date(`${isoDay}T00:00:00Z`));
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** A length of time in its two largest units, such as "2 hours 5 minutes". */
export function toDurationText(inMs: number): string {
  let left = Math.max(0, inMs);
  const told: string[] = [];
  for (const [unit, unitInMs] of units) {
    const count = Math.floor(left / unitInMs);
    left -= count * unitInMs;
    if (count > 0) told.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
  }
  return told.slice(0, 2).join(" ") || texts.parts.shorter;
}

/** Whole days between two instants. */
export function toDays(from: InstantValue, to: InstantValue): number {
  return Math.floor((new Date(to).getTime() - new Date(from).getTime()) / 86_400_000);
}
