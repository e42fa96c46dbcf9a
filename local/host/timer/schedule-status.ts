import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import type { Schedule } from "./schedule.ts";

/** When a timer last ran and will next run. `last` is undefined before its first run. */
export interface ScheduleStatus {
  readonly last: Date | undefined;
  readonly next: Date;
  readonly lastUpdated: Date;
}

// The real host writes .NET's smallest date for "never".
const never = "0001-01-01T00:00:00+00:00";

const storedStatus = z.object({ Last: z.string(), Next: z.string(), LastUpdated: z.string() });

/** Where a timer's status outlives the host, so that a missed run is made up for. */
export interface ScheduleMonitor {
  read(): Promise<ScheduleStatus | undefined>;
  write(status: ScheduleStatus): Promise<void>;
}

/** For timers without a record: they start anew with each host. */
export const noScheduleMonitor: ScheduleMonitor = { read: async () => undefined, write: async () => {} };

/** Keeps a timer's status in the blob where the real host keeps it. */
export function createScheduleMonitor(
  container: ContainerClient,
  hostId: string,
  functionName: string,
): ScheduleMonitor {
  const blob = container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${functionName}/status`);
  return {
    read: async () => {
      if (!(await blob.exists())) return undefined;
      return parseStatus((await blob.downloadToBuffer()).toString("utf8"));
    },
    write: async (status) => {
      const text = JSON.stringify(toStored(status));
      await blob.upload(text, Buffer.byteLength(text));
    },
  };
}

/** The status as functions see it, in the real host's spelling. */
export function toStored({ last, next, lastUpdated }: ScheduleStatus): z.infer<typeof storedStatus> {
  const toText = (date: Date): string => date.toISOString().replace("Z", "+00:00");
  return { Last: last === undefined ? never : toText(last), Next: toText(next), LastUpdated: toText(lastUpdated) };
}

function parseStatus(text: string): ScheduleStatus {
  const { Last, Next, LastUpdated } = storedStatus.parse(JSON.parse(text));
  const last = Last.startsWith("0001-") ? undefined : new Date(Last);
  return { last, next: new Date(Next), lastUpdated: new Date(LastUpdated) };
}

/** What a start of the host finds. */
export interface StartOfSchedule {
  readonly status: ScheduleStatus;
  readonly isPastDue: boolean;
}

/**
 * Compares a recorded status with the schedule: a run that was missed is past due; a schedule that was changed since counts
 * from now and misses nothing.
 */
export function checkSchedule(recorded: ScheduleStatus | undefined, schedule: Schedule, now: Date): StartOfSchedule {
  if (recorded === undefined) return { status: startAt(schedule, now), isPastDue: false };
  const expected = schedule.nextAfter(recorded.last ?? recorded.lastUpdated);
  if (expected.getTime() === recorded.next.getTime()) return { status: recorded, isPastDue: now > recorded.next };
  const next = now > expected ? schedule.nextAfter(now) : expected;
  return { status: { last: undefined, next, lastUpdated: now }, isPastDue: false };
}

function startAt(schedule: Schedule, now: Date): ScheduleStatus {
  return { last: undefined, next: schedule.nextAfter(now), lastUpdated: now };
}

/** The status after a run at the given time; a run a moment too early counts as its occurrence, so it is not repeated. */
export function advanceSchedule(
  status: ScheduleStatus,
  schedule: Schedule,
  ranAt: Date,
  isScheduled: boolean,
): ScheduleStatus {
  const last = isScheduled && status.next > ranAt ? status.next : ranAt;
  return { last, next: schedule.nextAfter(last), lastUpdated: last };
}
