import type { IndexedFunction, TimerTrigger } from "../config/function-index.ts";
import type { HostStorage } from "../host-storage.ts";
import type { Invoke } from "../invoker.ts";
import type { HostLog } from "../log.ts";
import { pause } from "../pause.ts";
import type { Listener } from "../queue/queue-listener.ts";
import type { InvocationOutcome } from "../worker/worker-channel.ts";
import { runWithRetry } from "./retry.ts";
import {
  advanceSchedule,
  checkSchedule,
  createScheduleMonitor,
  noScheduleMonitor,
  type ScheduleMonitor,
  type ScheduleStatus,
  toStored,
} from "./schedule-status.ts";
import { startSingleton } from "./singleton.ts";

/** What a timer trigger needs of its host. Times are in milliseconds. */
export interface TimerTriggerDeps {
  readonly storage: Pick<HostStorage, "container" | "hostId">;
  readonly lockPeriodInMs: number;
  readonly lockPollInMs: number;
  readonly invoke: Invoke;
  readonly log: HostLog;
  readonly now: () => Date;
}

type TimerFunction = IndexedFunction<TimerTrigger>;

// setTimeout fires at once beyond 2^31 - 1 ms; a long wait is made of shorter ones.
const longestWaitInMs = 24 * 60 * 60_000;

/** Starts a timer function's schedule in whichever host holds its lock. */
export function startTimerTrigger(timer: TimerFunction, deps: TimerTriggerDeps): Listener {
  const { container, hostId } = deps.storage;
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  let pauseOfLoop = new AbortController();
  const singleton = startSingleton(
    { ...deps, container, name: `locks/${hostId}/Host.Functions.${timer.name}.Listener` },
    {
      start: async () => {
        pauseOfLoop = new AbortController();
        loop = runSchedule(timer, deps, AbortSignal.any([stopping.signal, pauseOfLoop.signal]));
      },
      stop: async () => {
        pauseOfLoop.abort();
        await loop;
      },
    },
  );
  return {
    stop: async () => {
      stopping.abort();
      await singleton.stop();
    },
  };
}

/** Runs a timer function once, now, as a request to the real host's admin API does: whatever its schedule and lock say. */
export async function runTimerNow(
  timer: TimerFunction,
  deps: Pick<TimerTriggerDeps, "invoke" | "now">,
): Promise<InvocationOutcome> {
  const { schedule } = timer.trigger;
  const status = { last: undefined, next: schedule.nextAfter(deps.now()), lastUpdated: deps.now() };
  return invokeTimer(timer, deps, {
    status,
    isPastDue: false,
    reason: "This function was programmatically called via the host APIs.",
  });
}

async function runSchedule(timer: TimerFunction, deps: TimerTriggerDeps, signal: AbortSignal): Promise<void> {
  const { schedule, runOnStartup } = timer.trigger;
  const monitor = toMonitor(timer, deps);
  const recorded = await insist(deps, signal, () => monitor.read());
  const start = checkSchedule(recorded, schedule, deps.now());
  let { status, isPastDue } = start;
  let isUnscheduled = isPastDue || runOnStartup;
  await insist(deps, signal, () => monitor.write(status));
  while (!signal.aborted) {
    if (!isUnscheduled) await waitUntil(status.next, deps.now, signal);
    if (signal.aborted) return;
    const ranAt = deps.now();
    await runOccurrence(timer, deps, { status, isPastDue, reason: `Timer fired at ${ranAt.toISOString()}` }, signal);
    status = advanceSchedule(status, schedule, ranAt, !isUnscheduled);
    isUnscheduled = false;
    isPastDue = false;
    await insist(deps, signal, () => monitor.write(status));
  }
}

function toMonitor({ name, trigger }: TimerFunction, { storage }: TimerTriggerDeps): ScheduleMonitor {
  return trigger.useMonitor ? createScheduleMonitor(storage.container, storage.hostId, name) : noScheduleMonitor;
}

const storageRetryInMs = 1_000;

/** Repeats a storage request until it works: a schedule that ended at the first hiccup would stay away without a word. */
async function insist<T>(
  { log }: TimerTriggerDeps,
  signal: AbortSignal,
  request: () => Promise<T>,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await request();
    } catch (error) {
      log({ level: "warning", source: "host", message: `A timer's status could not be kept: ${String(error)}` });
      await pause(storageRetryInMs, signal);
    }
  }
  return undefined;
}

interface Occurrence {
  readonly status: ScheduleStatus;
  readonly isPastDue: boolean;
  readonly reason: string;
}

async function runOccurrence(
  timer: TimerFunction,
  deps: TimerTriggerDeps,
  occurrence: Occurrence,
  signal: AbortSignal,
): Promise<void> {
  await runWithRetry({
    options: timer.trigger.retry,
    attempt: (retryContext) => invokeTimer(timer, deps, occurrence, retryContext),
    wait: (durationInMs) => pause(durationInMs, signal),
    isStopping: () => signal.aborted,
  });
}

function invokeTimer(
  { name, trigger }: TimerFunction,
  { invoke }: Pick<TimerTriggerDeps, "invoke">,
  { status, isPastDue, reason }: Occurrence,
  retryContext?: Parameters<Invoke>[0]["retryContext"],
): Promise<InvocationOutcome> {
  const info = { Schedule: { AdjustForDST: true }, ScheduleStatus: toStored(status), IsPastDue: isPastDue };
  return invoke({
    functionName: name,
    bindingName: trigger.bindingName,
    reason,
    data: { json: JSON.stringify(info) },
    triggerMetadata: {},
    ...(retryContext === undefined ? {} : { retryContext }),
  });
}

async function waitUntil(time: Date, now: () => Date, signal: AbortSignal): Promise<void> {
  for (
    let left = time.getTime() - now().getTime();
    left > 0 && !signal.aborted;
    left = time.getTime() - now().getTime()
  ) {
    await pause(Math.min(left, longestWaitInMs), signal);
  }
}
