import { Cron } from "croner";
import type { Connector } from "../config/connector.ts";

/** When a connector's schedule comes up next, ms since 1970; undefined while it is paused. */
export function nextFetchAt(
  { schedule, zone, isPaused }: Pick<Connector, "schedule" | "zone" | "isPaused">,
  now: number,
): number | undefined {
  if (isPaused) return undefined;
  return new Cron(schedule, { timezone: zone, paused: true }).nextRun(new Date(now))?.getTime();
}
