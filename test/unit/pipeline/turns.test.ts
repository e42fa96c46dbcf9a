import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "../../../shared/pipeline/turns.ts";

test("one after the other, in the order of asking, whatever becomes of those before", async () => {
  const turns = createTurns();
  const told: string[] = [];
  const open = [Promise.withResolvers<number>(), Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const results = open.map(({ promise }, n) =>
    turns(async () => {
      told.push(`begins ${n}`);
      try {
        return await promise;
      } finally {
        told.push(`ends ${n}`);
      }
    }),
  );
  open[2]?.resolve(2);
  open[1]?.reject(new Error("one's own fault"));
  open[0]?.resolve(0);
  const settled = await Promise.allSettled(results);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(told, ["begins 0", "ends 0", "begins 1", "ends 1", "begins 2", "ends 2"]);
});

test("who asks later still has his turn, and processes do not wait for each other", async () => {
  const [one, other] = [createTurns(), createTurns()];
  const never = one(() => new Promise<void>(() => undefined));
  assert.equal(await other(async () => "done"), "done");
  assert.equal(await Promise.race([never, one(async () => "too early"), Promise.resolve("waits")]), "waits");
  assert.equal(await other(async () => "again"), "again");
});
