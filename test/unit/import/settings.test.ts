import assert from "node:assert/strict";
import { test } from "node:test";
import { toImportSettings } from "../../../shared/import/import-settings.ts";
import { Progress } from "../../../shared/import/progress.ts";
import { noTally } from "../../../shared/import/tally.ts";

test("a laptop's short doubt wait shortens what it must outlast", () => {
  const { freshIntentInMs, requestTimeoutInMs, doubtWaitInMs } = toImportSettings({ doubtWaitInMs: 6000 });
  assert(freshIntentInMs + requestTimeoutInMs <= doubtWaitInMs);
});

test("waits that would let an item come twice are refused", () => {
  assert.throws(
    () => toImportSettings({ doubtWaitInMs: 80_000, freshIntentInMs: 60_000, requestTimeoutInMs: 30_000 }),
    /come twice/,
  );
  assert.throws(() => toImportSettings({ leaseInMs: 40_000 }), /leaseInMs must cover/);
  assert.throws(() => toImportSettings({ renewEveryInMs: 20_000 }), /renewals/);
});

test("the usual waits are the design's", () => {
  const { doubtWaitInMs, answeredDoubtWaitInMs, freshIntentInMs, freshLeaseInMs, leaseInMs, lockedPauseInMs } =
    toImportSettings();
  assert.deepEqual(
    [doubtWaitInMs, answeredDoubtWaitInMs, freshIntentInMs, freshLeaseInMs, leaseInMs, lockedPauseInMs],
    [900_000, 60_000, 60_000, 20_000, 60_000, 120_000],
  );
});

test("the cursor stops at the first open line, the counts do not", () => {
  const settled = { ...noTally, imported: 2 };
  const progress = new Progress({ available: 6, cursor: 2, settled });
  progress.settle({ ordinal: 2 }, "imported");
  progress.settle({ ordinal: 4 }, "skipped");
  progress.settle({ ordinal: 5 }, "failed");
  assert.equal(progress.cursor, 3);
  assert.deepEqual(progress.settled, { imported: 3, partial: 0, skipped: 0, failed: 0 });
  assert.deepEqual(progress.counts, { imported: 3, partial: 0, skipped: 1, failed: 1 });
  assert.equal(progress.isComplete, false);
  progress.settle({ ordinal: 3 }, "partial");
  assert.equal(progress.isComplete, true);
  assert.equal(progress.cursor, 6);
  assert.throws(() => progress.settle({ ordinal: 6 }, "imported"), /more lines/);
});
