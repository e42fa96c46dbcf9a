const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-06-03 14:05:09 UTC` */
export function toUtcTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `2026-06-03 15:05:09 GMT+1 (Europe/London)` in an IANA zone. */
export function toZoneTime(at: number, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, second, timeZoneName } = parts;
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${timeZoneName} (${zone})`;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const two = "2-digit";
  const format = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone: zone, year: "numeric", month: two, day: two, hour: two, minute: two, second: two },
    hourCycle: "h23",
    timeZoneName: "shortOffset",
  });
  formats.set(zone, format);
  return format;
}
