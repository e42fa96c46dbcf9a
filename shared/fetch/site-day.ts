import { type SiteDay, siteDay } from "../chat/identifiers.ts";

/**
 * The day of an instant (ms since 1970) in an IANA zone: what a file's mtime means for the connector.
 * @throws RangeError when there is no such zone or the instant lies outside the calendar
 */
export function toSiteDay(instant: number, zone: string): SiteDay {
  const parts = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(instant);
  const part = (type: string) => parts.find((other) => other.type === type)?.value ?? "";
  return siteDay.parse(`${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`);
}
