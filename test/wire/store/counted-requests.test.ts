import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type RunningAzurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { type DependencyCall, DependencyTally } from "../../../shared/telemetry/dependency-tally.ts";
import { startStorageProxy } from "../../support/storage-proxy.ts";

let azurite: RunningAzurite;
before(async () => {
  azurite = await startAzurite();
  await openAzureStorage({ connectionString: azurite.connectionString }, systemClock).createMissing();
});
after(() => azurite.stop());

test("as many requests are told of as storage has seen, each try of them, and what they came to", async (t) => {
  const proxy = await startStorageProxy(azurite.blobEndpoint);
  t.after(() => proxy.stop());
  const tally = new DependencyTally();
  const calls: DependencyCall[] = [];
  const connectionString = azurite.connectionString.replace(azurite.blobEndpoint, proxy.endpoint);
  const retries = { retryDelayInMs: 5 };
  const { blobs } = openAzureStorage({ connectionString }, systemClock, retries, (call) => {
    calls.push(call);
    tally.add(call);
  });

  await blobs.create("state/counted/a", Buffer.from("one"));
  await blobs.create("state/counted/a", Buffer.from("two"));
  await blobs.read("state/counted/none");
  const writer = blobs.writer("drops/counted/big");
  await writer.write(Buffer.alloc(9 * 1024 * 1024));
  await writer.commit();
  for await (const piece of (await blobs.stream("drops/counted/big")) ?? []) assert.ok(piece.length > 0);
  for await (const { path } of blobs.list("state/counted/")) assert.equal(path, "state/counted/a");
  const lease = await blobs.lease("state/lock/counted", 15_000);
  await lease?.renew();
  await lease?.release();
  await blobs.createAppendable("ledger/counted/0.log");
  await blobs.append("ledger/counted/0.log", Buffer.from("line\n"), 0);
  await blobs.remove("state/counted/a");
  const seen = [...proxy.counts.values()].reduce((sum, count) => sum + count, 0);
  assert.equal(calls.length, seen, JSON.stringify([[...proxy.counts], tally.list()]));
  assert.ok(seen >= 20, String(seen));
  assert.deepEqual(
    calls.filter(({ outcome }) => outcome !== "ok"),
    [],
  );

  proxy.plan(
    { of: "Put Blob", nth: 1, action: { kind: "answer", status: 503 } },
    { of: "Put Blob", nth: 2, action: { kind: "reset" } },
  );
  calls.length = 0;
  await blobs.create("state/counted/b", Buffer.from("one"));
  assert.deepEqual(
    calls.map(({ operation, outcome }) => `${operation} ${outcome}`),
    ["create throttled", "create failed", "create ok"],
  );
});
