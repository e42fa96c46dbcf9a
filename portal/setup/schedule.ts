import { Cron } from "croner";

/** A schedule as most people think of it; `cron` is everything else. */
export type ScheduleChoice =
  | { readonly type: "daily" | "weekdays"; readonly time: string }
  | { readonly type: "hourly"; readonly every: number }
  | { readonly type: "cron"; readonly pattern: string };

/** Steps through a day that come out even: others would leave a short gap at midnight. */
export const hourSteps = [1, 2, 3, 4, 6, 8, 12] as const;

/** What a cron pattern says, where it is one of the plain ones. */
export function toScheduleChoice(pattern: string): ScheduleChoice {
  const daily = /^(\d{1,2}) (\d{1,2}) \* \* (\*|1-5)$/.exec(pattern.trim());
  const [, minute = "", hour = "", days] = daily ?? [];
  if (daily !== null && Number(hour) < 24 && Number(minute) < 60) {
    const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
    return { type: days === "*" ? "daily" : "weekdays", time };
  }
  const every = /^0 (?:\*|\*\/(\d{1,2})) \* \* \*$/.exec(pattern.trim());
  const step = hourSteps.find((hours) => hours === Number(every?.[1] ?? 1));
  if (every !== null && step !== undefined) return { type: "hourly", every: step };
  return { type: "cron", pattern };
}

/** The cron pattern of a choice; undefined while its time is not filled in. */
export function toPattern(choice: ScheduleChoice): string | undefined {
  if (choice.type === "cron") return choice.pattern.trim() === "" ? undefined : choice.pattern.trim();
  if (choice.type === "hourly") return choice.every === 1 ? "0 * * * *" : `0 */${choice.every} * * *`;
  const [, hour, minute] = /^(\d\d):(\d\d)/.exec(choice.time) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  return `${Number(minute)} ${Number(hour)} * * ${choice.type === "daily" ? "*" : "1-5"}`;
}

/** The next times, by the same library that the server fetches by; none when pattern or zone is wrong. */
export function nextRuns(pattern: string, timeZone: string, from: Date, count: number): readonly Date[] {
  try {
    return new Cron(pattern, { timezone: timeZone, paused: true }).nextRuns(count, from);
  } catch {
    return [];
  }
}
