import { Cron } from "croner";

/** Whether a cron pattern of five or six fields comes up at all. */
export function isSchedule(pattern: string): boolean {
  try {
    return new Cron(pattern, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}
