import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { describeBlobs } from "./blobs-contract.ts";

const shared = new MemoryBlobs();
describeBlobs("MemoryBlobs", () => shared);

test("MemoryBlobs: a lease that is not renewed ends by itself, and its holder can tell", async () => {
  const clock = new FakeClock();
  const blobs = new MemoryBlobs(clock);
  const lease = await blobs.lease("state/lock/a", 60_000);
  await clock.turn(20_000);
  assert.equal(lease?.isFresh(20_000), false);
  assert.equal(await blobs.lease("state/lock/a", 60_000), undefined);
  await clock.turn(40_000);
  assert.notEqual(await blobs.lease("state/lock/a", 60_000), undefined);
  assert.equal(await lease?.renew(), false);
});
