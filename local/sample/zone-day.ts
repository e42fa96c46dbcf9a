/** An hour in milliseconds. */
export const hourInMs = 3_600_000;

/**
 * When a calendar day (YYYY-MM-DD) begins in an IANA zone, ms since 1970.
 *
 * @throws RangeError when the zone or the day is none
 */
export function startOfDay(day: string, zone: string): number {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight)) throw new RangeError(`"${day}" is no day; write it as 2026-06-03`);
  const guess = midnight - offsetInMs(midnight, zone);
  return midnight - offsetInMs(guess, zone);
}

/** The calendar day (YYYY-MM-DD) after `day`. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * hourInMs).toISOString().slice(0, 10);
}

/** How far the zone is ahead of UTC at an instant. */
function offsetInMs(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const [year, month, day] = [part.get("year") ?? 0, part.get("month") ?? 1, part.get("day") ?? 1];
  const local = Date.UTC(year, month - 1, day, part.get("hour"), part.get("minute"), part.get("second"));
  return local - Math.floor(at / 1000) * 1000;
}
