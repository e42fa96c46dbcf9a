import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { corpus } from "./corpus.ts";
import { runTier, type TierResult, toFigures } from "./run-tier.ts";

/** With the storage in memory that stands for Azure's: the app itself stays below 300 MiB (docs/operations.md). */
const mostMemoryInBytes = 560 * 1024 ** 2;

describe("hostile files", { timeout: 480_000 }, () => {
  let tier: TierResult;

  before(async () => {
    tier = await runTier("quick");
  });

  test("the corpus has more than 200 of them, each under its own name", () => {
    const names = corpus.flatMap(({ kind, cases }) => cases.map(({ name }) => `${kind}: ${name}`));
    assert.ok(names.length > 200);
    assert.deepEqual([...new Set(names)], names);
  });

  for (const { kind, cases } of corpus) {
    test(`${kind}: each is put aside with its reason or taken whole, its evidence kept, nothing of it told, and the file beside it is imported`, () => {
      const ours = tier.cases.filter((one) => one.kind === kind);
      assert.equal(ours.length, cases.filter(({ isHeavy }) => isHeavy !== true).length);
      const failures = ours
        .filter(({ failure }) => failure !== undefined)
        .map(({ name, failure }) => `${name}: ${failure}`);
      assert.deepEqual(failures, []);
    });
  }

  test("all of them together stay within the app's memory", (t) => {
    for (const figure of toFigures(tier)) t.diagnostic(figure);
    assert.ok(tier.peakInBytes < mostMemoryInBytes, `${tier.peakInBytes >> 20} MiB`);
  });
});
