import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ApiProblem } from "../../../shared/api/problem.ts";
import { limitRate } from "../../../shared/api/rate-limit.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const rule = { name: "validation", most: 3, withinInMs: 60_000 };

describe("a limit", () => {
  let blobs: MemoryBlobs;
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
    blobs = new MemoryBlobs(clock);
  });
  const use = (name = rule.name, writer = "w"): Promise<void> => limitRate({ blobs, clock, writer }, { ...rule, name });
  const retryAfter = async (): Promise<string | undefined> => {
    const error = await use().catch((refusal: unknown) => refusal);
    assert.ok(error instanceof ApiProblem && error.problem === "too-many");
    return error.headers["retry-after"];
  };

  test("lets so many through in its time, over all processes, and then says when", async () => {
    await use(rule.name, "one");
    await clock.turn(10_000);
    await use(rule.name, "two");
    await use(rule.name, "three");
    assert.equal(await retryAfter(), "50");
    await clock.turn(49_999);
    assert.equal(await retryAfter(), "1");
    await clock.turn(1);
    await use();
    assert.equal(await retryAfter(), "10", "a refusal is not counted");
  });

  test("counts those that come at once, one by one", async () => {
    const all = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => use(rule.name, `w${i}`)));
    assert.equal(all.filter(({ status }) => status === "fulfilled").length, 3);
  });

  test("is each name's own", async () => {
    for (let i = 0; i < 3; i += 1) await use();
    await use("other");
    await retryAfter();
  });
});
