import assert from "node:assert/strict";
import { test } from "node:test";
import { type Finding, ok, type Told } from "../../../shared/pipeline/check/finding.ts";
import { type Check, runCheck } from "../../../shared/pipeline/check/run-check.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const never = new AbortController().signal;

function checkOf(run: Check["run"]): Check {
  return { area: "site", about: "acme", limitInMs: 60_000, run };
}

async function collect(findings: AsyncIterable<Finding>): Promise<string[]> {
  const lines: string[] = [];
  for await (const { status, area, about, text } of findings) lines.push(`${status} ${area} ${about}: ${text}`);
  return lines;
}

test("a check that hangs is given up after its time, what it had found stays, and it is told to stop", async () => {
  const clock = new FakeClock();
  const stopped = Promise.withResolvers<void>();
  const hanging = checkOf(async function* (signal): AsyncGenerator<Told> {
    yield ok("first");
    signal.addEventListener("abort", () => stopped.resolve());
    await new Promise(() => undefined);
  });
  const collecting = collect(runCheck(clock, hanging, never));
  await clock.untilAsleep();
  await clock.turn(59_999);
  await clock.turn(1);
  assert.deepEqual(await collecting, ["ok site acme: first", "wrong site acme: did not end within 60 s"]);
  await stopped.promise;
});

test("what a check throws becomes its finding, with no words of a foreign error", async () => {
  const clock = new FakeClock();
  const failing = checkOf(async function* (): AsyncGenerator<Told> {
    yield ok("first");
    throw new TypeError("sell everything before noon");
  });
  assert.deepEqual(await collect(runCheck(clock, failing, never)), [
    "ok site acme: first",
    "wrong site acme: failed unexpectedly (TypeError)",
  ]);
  assert.equal(clock.sleepers, 0);
});

test("a check that fails late, after it was given up, hurts nobody", async () => {
  const clock = new FakeClock();
  const late = Promise.withResolvers<void>();
  const check = checkOf(async function* (): AsyncGenerator<Told> {
    await late.promise;
    yield ok("never told");
  });
  const collecting = collect(runCheck(clock, check, never));
  await clock.untilAsleep();
  await clock.turn(60_000);
  assert.equal((await collecting).length, 1);
  late.reject(new Error("late"));
  await clock.turn(1);
});

test("a check that somebody else has taken over tells nothing more", async () => {
  const lost = new AbortController();
  const check = checkOf(async function* (): AsyncGenerator<Told> {
    yield await Promise.reject(lost.abort(new Error("lost")));
  });
  await assert.rejects(collect(runCheck(new FakeClock(), check, lost.signal)), /^Error: lost$/);
});
