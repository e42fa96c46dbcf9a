import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../local/sample/random.ts";
import { listLedgerLines } from "../../../shared/import/ledger.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { beginDrop, outcomeOf } from "../pipeline/a-drop.ts";
import { type Figures, RestlessHost } from "./restless-host.ts";

/** More than these are to be had by `node test/fault/delivery/everything-twice.test.ts 1000`. */
const seeds = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 25);
const mended = "ImId,Mailbox\r\neve,cid.internal@acme.example\r\n";

/** Both generations' outcomes when everything comes once and in order. */
async function orderly() {
  const world = await beginDrop();
  await world.runUntilQuiet();
  const first = await outcomeOf(world);
  await world.map(mended);
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  return { first, second: await outcomeOf(world, 2) };
}

async function restless(seed: number) {
  const world = await beginDrop();
  const host = new RestlessHost(world, new Random(`twice ${seed}`));
  await host.run();
  const first = await outcomeOf(world);
  host.isAfterwards = true;
  await world.map(mended);
  for (let gen = 1; gen === 1; gen = (await world.drop(dropOf(1))).gen) {
    await reprocessDrop(host.instance, dropOf(1));
    world.clock.turn(60_000);
  }
  host.releaseKept();
  await host.run();
  const { mailboxes: _, ...report } = await outcomeOf(world);
  return { world, host, first, second: await outcomeOf(world, 2), report };
}

/** The keys that the ledgers have more than one receipt of, and how many receipts there are. */
async function receiptsOf(world: PipelineWorld) {
  const keys: string[] = [];
  for (const path of world.blobs.all().filter((one) => one.startsWith("ledger/"))) {
    const [, , mailbox] = path.split("/");
    for await (const line of listLedgerLines(world.blobs, path))
      if (line.type === "R") keys.push(`${mailbox} ${line.key}`);
  }
  return { count: keys.length, doubled: keys.length - new Set(keys).size };
}

test(`every message and every blob event twice, at both instances, in any order, minutes to days late: ${seeds} drops end as if each came once`, async (t) => {
  const expected = await orderly();
  const sum: Figures = { messages: 0, events: 0, deliveries: 0, atOnce: 0, late: 0, afterwards: 0, thrown: 0 };
  let items = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { world, host, first, second, report } = await restless(seed);
    assert.deepEqual(first, expected.first, `seed ${seed}, first generation`);
    assert.deepEqual(second, expected.second, `seed ${seed}, second generation`);
    const { mailboxes: _, ...before } = expected.first;
    assert.deepEqual(report, before, `seed ${seed}: what is closed stays as it was`);
    const receipts = await receiptsOf(world);
    const held = [...world.mailboxes.values()].reduce((count, { items: all }) => count + all.length, 0);
    assert.deepEqual(receipts, { count: held, doubled: 0 }, `seed ${seed}: ledgers and mailboxes agree`);
    assert.deepEqual(
      world.blobs.all().filter((path) => path.startsWith("state/dead/")),
      [],
    );
    items += held;
    for (const kind of ["messages", "events", "deliveries", "atOnce", "late", "afterwards", "thrown"] as const) {
      sum[kind] += host.figures[kind];
    }
  }
  assert.equal(sum.deliveries - sum.thrown, 2 * (sum.messages + sum.events));
  assert(sum.atOnce > seeds && sum.late > seeds && sum.afterwards > seeds, JSON.stringify(sum));
  t.diagnostic(`${seeds} drops, ${items} items: ${JSON.stringify(sum)}; lost 0, doubled 0`);
});
