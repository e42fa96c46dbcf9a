import assert from "node:assert/strict";
import { test } from "node:test";
import { type Measured, measureDrops } from "./measured-drops.ts";

/** More to measure by: DROPS=3000 MAILBOXES=2000 node --test test/wire/api/drops.test.ts */
const { DROPS = "40", MAILBOXES = "40" } = process.env;

test("over a real Azurite the daily calls cost as many requests as they should, whatever there is", async (t) => {
  const measured = await measureDrops(Number(DROPS), Number(MAILBOXES));
  for (const { name, requests, inMs, items } of measured)
    t.diagnostic(`${name}: ${requests} requests, ${inMs} ms, ${items}`);
  const costOf = (name: string): Measured => {
    const found = measured.find((one) => one.name === name);
    assert.ok(found !== undefined, name);
    return found;
  };
  const first = costOf("first page of drops, nothing known");
  assert.equal(first.items, 20);
  // Two listings, two reads for each closed drop up to what is read ahead, and the running one's parts, runs and chunks.
  const ofRunning = Math.min(500, Number(MAILBOXES) * 1.2 + 8) + 10;
  assert.ok(first.requests <= 2 + 2 * 28 + ofRunning, `${first.requests}`);
  assert.ok(
    costOf("the same again").requests <= 2 + 2 * 8 + (Number(MAILBOXES) > 400 ? 510 : 8),
    `${costOf("the same again").requests}`,
  );
  assert.ok(costOf("running drop, a poll").requests <= 6, `${costOf("running drop, a poll").requests}`);
  assert.equal(costOf("running drop, a second reader").requests, 1);
  assert.equal(costOf("search a day").items, 10);
});
