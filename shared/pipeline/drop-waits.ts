import { stateOf } from "./drop-pace.ts";
import type { DropState } from "./drop-state.ts";
import { type GenerationFacts, openOf, type WatchedRun } from "./generation-watch.ts";

/** What waits, and why. Times in ms since 1970. */
export interface Waiting {
  readonly what: "file" | "mailbox" | "drop";
  /** A static word. */
  readonly reason: string;
  readonly count: number;
  /** Items x mailboxes that are not decided for it. */
  readonly open: number;
  readonly nextAt?: number;
  readonly lastAt?: number;
}

interface Waiter {
  readonly what: Waiting["what"];
  readonly reason: string;
  readonly open: number;
  readonly nextAt?: number | undefined;
}

/** What of a running generation waits, put together by reason; that with the most items first. */
export function toWaiting({ drop, files, runs }: GenerationFacts, now: number): Waiting[] {
  const waiters: Waiter[] = [
    ...toHeld(drop),
    ...files.flatMap(({ state, reason, nextTryAt }) =>
      state === "incomplete"
        ? [{ what: "file" as const, reason: reason?.code ?? "incomplete", open: 0, nextAt: nextTryAt }]
        : [],
    ),
    ...runs.flatMap((run) => toMailbox(run, now)),
  ];
  const groups = Map.groupBy(waiters, ({ what, reason }) => `${what} ${reason}`);
  return [...groups.values()].flatMap(toGroup).sort((a, b) => b.open - a.open);
}

function toHeld({ state }: DropState): Waiter[] {
  return state === "held" ? [{ what: "drop", reason: "held", open: 0 }] : [];
}

function toMailbox(run: WatchedRun, now: number): Waiter[] {
  const state = stateOf(run, now);
  if (state === "pending") return [{ what: "mailbox", reason: "queued", open: openOf(run) }];
  if (state !== "waiting") return [];
  return [{ what: "mailbox", reason: run.run?.reason ?? "queued", open: openOf(run), nextAt: run.run?.nextAt }];
}

function toGroup(group: readonly Waiter[]): Waiting[] {
  const [first] = group;
  if (first === undefined) return [];
  const times = group.flatMap(({ nextAt }) => (nextAt === undefined ? [] : [nextAt]));
  return [
    {
      ...{ what: first.what, reason: first.reason, count: group.length },
      open: group.reduce((sum, { open }) => sum + open, 0),
      ...(times.length === 0 ? {} : { nextAt: Math.min(...times), lastAt: Math.max(...times) }),
    },
  ];
}
