import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import type { PortFault } from "../../support/faulty-port.ts";
import { chatLineOf, ImportWorld, ids, type Line, sentAt } from "../../support/import-world.ts";

const outcomes: readonly CreateOutcome[] = [
  { type: "ambiguous", wasAnswered: false, because: "timed-out" },
  { type: "ambiguous", wasAnswered: true, because: "status:500" },
  { type: "ambiguous", wasAnswered: true, because: "status:503", retryAfterInMs: 3000 },
  { type: "throttled", retryAfterInMs: 2500 },
  { type: "throttled", retryAfterInMs: 90_000 },
  { type: "unauthorised" },
  { type: "unreachable" },
];

const mishap = fc.record({
  creation: fc.integer({ min: 1, max: 25 }),
  outcome: fc.constantFrom(...outcomes),
  stores: fc.boolean(),
});
const fault: fc.Arbitrary<PortFault> = fc.record({
  nth: fc.integer({ min: 1, max: 90 }),
  when: fc.constantFrom("before", "after"),
  what: fc.constantFrom("throw", "vanish"),
});
/** Lines of up to three days, some keys more than once. */
const lines: fc.Arbitrary<Line[]> = fc
  .array(fc.record({ word: fc.integer({ min: 1, max: 12 }), isOther: fc.boolean() }), { minLength: 1, maxLength: 16 })
  .map((words) => {
    const made = words.map(({ word, isOther }, position) => ({
      item: chatLineOf(`w${word}`, { position, sentAt: sentAt + (word % 3) * 86_400_000 }),
      file: isOther ? ids.otherFile : ids.file,
    }));
    return made.toSorted((a, b) => a.item.sentAt - b.item.sentAt);
  });

test("whatever happens to creations and workers, each item is in the mailbox once and the equation holds", async () => {
  await fc.assert(
    fc.asyncProperty(
      lines,
      fc.array(mishap, { maxLength: 8 }),
      fc.array(fault, { maxLength: 5 }),
      fc.integer({ min: 0, max: 50_000 }),
      async (given, mishaps, faults, lagInMs) => {
        const world = new ImportWorld();
        world.mailbox.lagInMs = lagInMs;
        world.mailbox.mishapOf = (creation) => {
          const found = mishaps.find((one) => one.creation === creation);
          // What is told in so many words is so; but being turned away is not taken for a proof.
          const mayLie = found?.outcome.type === "ambiguous" || found?.outcome.type === "throttled";
          return found && { outcome: found.outcome, stores: found.stores && mayLie };
        };
        await world.begin(given);
        for (const one of faults) {
          if ((await world.tryOnce(one)) === "nothing") world.clock.turn(60_000);
        }
        const run = await world.runToEnd();
        const words = new Set(given.map(({ item }) => item.key));
        const once = Object.fromEntries([...words].map((key) => [key, 1]));
        assert.deepEqual(world.mailbox.counts(), once);
        const { imported, partial, skipped, failed } = run.counts;
        assert.deepEqual([imported, partial, skipped, failed], [words.size, 0, given.length - words.size, 0]);
      },
    ),
    { numRuns: 150 },
  );
});
