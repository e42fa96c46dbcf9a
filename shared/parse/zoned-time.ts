const minuteInMs = 60_000;
const dayInMs = 24 * 60 * minuteInMs;
/** Since 1973 every zone has changed its offset at a whole quarter of an hour, UTC. */
const quarterInMs = 15 * minuteInMs;
const cacheSize = 1000;

/**
 * Converts local times of one IANA zone to instants. Asking Intl costs microseconds, so offsets are kept by quarter of
 * an hour: a day's file needs about a hundred.
 */
export class ZonedTime {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  /** @throws RangeError when there is no such zone */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /**
   * The instant (ms since 1970, UTC) at which clocks of the zone show `local` (the shown time as if it were UTC).
   * Undefined when they never do: the hour that summer time skips. When they do twice, in the hour that is repeated
   * in autumn, the first of the two: as Temporal's "compatible" and java.time choose.
   */
  toInstant(local: number): number | undefined {
    const offsets = [this.#offsetAt(local - dayInMs), this.#offsetAt(local + dayInMs)];
    const instants = offsets.map((offset) => local - offset);
    const valid = instants.filter((instant) => instant + this.#offsetAt(instant) === local);
    return valid.length === 0 ? undefined : Math.min(...valid);
  }

  #offsetAt(instant: number): number {
    const quarter = Math.floor(instant / quarterInMs);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = this.#shownAt(quarter * quarterInMs) - quarter * quarterInMs;
    if (this.#offsets.size >= cacheSize) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }

  #shownAt(instant: number): number {
    const parts = new Map(this.#format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  }
}
