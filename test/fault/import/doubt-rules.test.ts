import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateOutcome, LookUp } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ImportWorld, keyOf } from "../../support/import-world.ts";

const lines = [{ item: chatLineOf("one") }];
const lookUps = ["findByMessageId", "findByKey", "findAnywhereByKey"] as const;
type Asked = (typeof lookUps)[number];

/** A world whose first creation is `outcome` and stores nothing; notes when it is created and looked for. */
async function doubtful(
  outcome: CreateOutcome,
  answer: (asked: Asked, at: number) => LookUp | undefined = () => undefined,
) {
  const world = new ImportWorld();
  const created: number[] = [];
  const asked: { readonly what: Asked; readonly at: number }[] = [];
  world.mailbox.mishapOf = (creation) => {
    created.push(world.clock.now());
    return creation === 1 ? { stores: false, outcome } : undefined;
  };
  for (const what of lookUps) {
    const find = world.mailbox[what].bind(world.mailbox);
    Object.assign(world.mailbox, {
      [what]: async (...args: Parameters<typeof find>) => {
        asked.push({ what, at: world.clock.now() });
        return answer(what, world.clock.now() - (created[0] ?? 0)) ?? Reflect.apply(find, undefined, args);
      },
    });
  }
  await world.begin(lines);
  return { world, created, asked };
}

for (const [what, outcome, waitInMs] of [
  ["no answer", { type: "ambiguous", wasAnswered: false, because: "timed-out" }, 900_000],
  ["a 5xx of Graph's own", { type: "ambiguous", wasAnswered: true, because: "status:500" }, 60_000],
  ["a 429", { type: "throttled", retryAfterInMs: 5000 }, 60_000],
] satisfies [string, CreateOutcome, number][]) {
  test(`after ${what} an item is not created again before ${waitInMs / 1000} s, nor before every look-up since has said no`, async () => {
    const { world, created, asked } = await doubtful(outcome);
    assert.equal((await world.runToEnd()).counts.imported, 1);
    const [first = 0, second = 0] = created;
    assert.equal(created.length, 2);
    assert(second - first >= waitInMs && second - first < waitInMs + 90_000, `${second - first} ms`);
    const ripe = asked.filter(({ at }) => at - first >= waitInMs).map(({ what: one }) => one);
    assert.deepEqual(ripe, [...lookUps]);
    const early = asked.filter(({ at }) => at - first < waitInMs).map(({ what: one }) => one);
    assert.deepEqual([...new Set(early)], ["findByMessageId"], "an early look settles nothing but that it is there");
  });
}

const lost: CreateOutcome = { type: "ambiguous", wasAnswered: false, because: "connection-lost" };

for (const failing of lookUps) {
  for (const [how, answer] of [
    ["gives no answer", { type: "unknown", because: "status:503" }],
    ["is throttled", { type: "throttled", retryAfterInMs: 1000 }],
  ] satisfies [string, LookUp][]) {
    test(`an item is not created again while ${failing} ${how}, whatever the others say; afterwards it is, once`, async () => {
      const fiveHours = 5 * 3_600_000;
      const { world, created } = await doubtful(lost, (asked, at) =>
        asked === failing && at < fiveHours ? answer : undefined,
      );
      assert.equal((await world.runToEnd()).counts.imported, 1);
      assert.equal(created.length, 2);
      assert((created[1] ?? 0) - (created[0] ?? 0) >= fiveHours);
      assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1 });
    });

    test(`an item of which ${failing} ${how} to the end is failed: in-doubt, and was created once`, async () => {
      const { world, created } = await doubtful(lost, (asked) => (asked === failing ? answer : undefined));
      const startedAt = world.clock.now();
      assert.deepEqual((await world.runToEnd()).counts, { imported: 0, partial: 0, skipped: 0, failed: 1 });
      assert.equal(created.length, 1);
      assert(world.clock.now() - startedAt >= world.settings.doubtLimitInMs);
      const failed = (await world.result()).find((line) => line.type === "failed");
      assert.equal(failed?.reason, "in-doubt");
    });
  }
}

test("the next generation of an item that was given up in doubt waits and looks by the same rules before it creates it", async () => {
  let isAway = true;
  const { world, created, asked } = await doubtful(lost, () =>
    isAway ? { type: "unknown", because: "timed-out" } : undefined,
  );
  await world.runToEnd();
  isAway = false;
  asked.length = 0;
  const givenUpAt = world.clock.now();
  await world.begin(lines, 2);
  assert.equal((await world.runToEnd(2)).counts.imported, 1);
  assert.equal(created.length, 2);
  assert((created[1] ?? 0) - givenUpAt >= world.settings.doubtWaitInMs, "giving it up was not looking for it");
  assert.deepEqual(
    asked.slice(-3).map(({ what }) => what),
    [...lookUps],
  );
  assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1 });
});
