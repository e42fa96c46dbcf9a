import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dropId, objectId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { stateOf, toPace } from "../../../shared/pipeline/drop-pace.ts";
import type { WatchedRun } from "../../../shared/pipeline/generation-watch.ts";
import type { RunState } from "../../../shared/pipeline/run-state.ts";

const minute = 60_000;
const now = Date.UTC(2026, 5, 4, 12);

interface Given extends Partial<Pick<RunState, "state" | "reason" | "nextAt" | "startedAt" | "progressedAt">> {
  readonly available?: number;
  readonly settled?: number;
  readonly endedAt?: number;
}

function runOf({ available = 100, settled = 0, endedAt, ...given }: Given): WatchedRun {
  const counts = { imported: settled, partial: 0, skipped: 0, failed: 0 };
  const mailbox = toMailboxId(objectId.parse("ann"), 0);
  const names = { v: 1, drop: dropId.parse("acme-2026-06-04-1"), gen: 1, mailbox } as const;
  const state = endedAt === undefined ? "running" : "done";
  const progress = { slice: 0, cursor: settled, settled: counts, counts, available, verifySlices: 0 };
  const run: RunState = { ...names, state, ...progress, ...given };
  return { mailbox, run, hasEnded: endedAt !== undefined, settled: counts, modifiedAt: endedAt ?? now };
}

/** So many mailboxes of 100 that ended one after the other, in so many minutes up to now. */
function steady(mailboxes: number, minutes: number): WatchedRun[] {
  return Array.from({ length: mailboxes }, (_, n) => {
    const endedAt = now - (n * minutes * minute) / mailboxes;
    return runOf({ settled: 100, startedAt: endedAt - minute, endedAt });
  });
}

test("at a steady rate the time left is what is open by that rate, and it is sure of it", () => {
  const pending = Array.from({ length: 30 }, () => runOf({ state: "pending" }));
  const { perMinute, overInMs, left, runningMailboxes } = toPace([...steady(60, 30), ...pending], now);
  assert.equal(overInMs, 15 * minute);
  assert.ok(Math.abs(perMinute - 200) < 10, `${perMinute}`);
  assert.ok(left !== undefined && Math.abs(left.inMs - 15 * minute) < minute, `${left?.inMs}`);
  assert.deepEqual([left.because, left.sureness, runningMailboxes], ["rate", "good", 0]);
});

test("one mailbox that is larger than all decides, since it has one writer only", () => {
  const large = runOf({ available: 10_100, settled: 100, startedAt: now - minute, progressedAt: now });
  const { left } = toPace([...steady(60, 30), large], now);
  assert.equal(left?.because, "largest-mailbox");
  assert.ok((left?.inMs ?? 0) > 90 * minute, "100 a minute for 10,000, though all together do 200");
});

test("it is not done before what waits goes on, and much that waits makes it unsure", () => {
  const waiting = runOf({ reason: "throttled", nextAt: now + 60 * minute, startedAt: now - minute });
  const { left } = toPace([...steady(60, 30), waiting], now);
  assert.equal(left?.because, "waiting");
  assert.ok((left?.atLeastInMs ?? 0) >= 60 * minute);
  assert.notEqual(left?.sureness, "good");
});

test("nothing decided lately, or only just begun: no time, or a low sureness", () => {
  assert.equal(toPace([], now).left, undefined);
  assert.equal(toPace([runOf({ startedAt: now - minute })], now).left, undefined);
  const old = runOf({ settled: 50, startedAt: now - 120 * minute, progressedAt: now - 60 * minute });
  const standing = toPace([old], now);
  assert.deepEqual([standing.perMinute, standing.left], [0, undefined]);
  const young = toPace([runOf({ settled: 50, startedAt: now - 2 * minute, progressedAt: now })], now);
  assert.equal(young.left?.sureness, "low");
});

test("a run is told as waiting when its slice ended with a reason, and as ended by its result though its record lags", () => {
  assert.equal(stateOf(runOf({}), now), "running");
  assert.equal(stateOf(runOf({ state: "pending" }), now), "pending");
  assert.equal(stateOf(runOf({ reason: "slice-over" }), now), "waiting");
  assert.equal(stateOf(runOf({ nextAt: now + 1 }), now), "waiting");
  assert.equal(stateOf(runOf({ nextAt: now - 1 }), now), "running");
  assert.equal(stateOf({ ...runOf({}), hasEnded: true }, now), "done");
  assert.equal(stateOf(runOf({ state: "blocked", endedAt: now }), now), "blocked");
});

test("whatever the runs, no number is negative or endless, and least <= likely <= most", () => {
  const time = fc.integer({ min: now - 60 * minute, max: now + 60 * minute });
  const run = fc
    .record({
      available: fc.integer({ min: 0, max: 100_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      startedAt: time,
      progressedAt: fc.option(time, { nil: undefined }),
      nextAt: fc.option(time, { nil: undefined }),
      endedAt: fc.option(time, { nil: undefined }),
    })
    .map(({ share, progressedAt, nextAt, endedAt, ...rest }) =>
      runOf({
        ...rest,
        settled: Math.floor(rest.available * share),
        ...(progressedAt === undefined ? {} : { progressedAt }),
        ...(nextAt === undefined ? {} : { nextAt }),
        ...(endedAt === undefined ? {} : { endedAt }),
      }),
    );
  fc.assert(
    fc.property(fc.array(run, { maxLength: 20 }), (runs) => {
      const { perMinute, overInMs, left } = toPace(runs, now);
      assert.ok(perMinute >= 0 && Number.isFinite(perMinute) && overInMs > 0);
      if (left === undefined) return;
      for (const ms of [left.inMs, left.atLeastInMs, left.atMostInMs]) assert.ok(ms >= 0 && Number.isFinite(ms));
      assert.ok(left.atLeastInMs <= left.inMs && left.inMs <= left.atMostInMs, JSON.stringify(left));
    }),
  );
});
