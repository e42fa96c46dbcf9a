import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { acquireLease } from "../../../shared/store/azure-lease.ts";
import { StorageCalls } from "../../../shared/store/storage-calls.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const server = createServer((_, response) => {
  response.sendDate = false;
  response.writeHead(201, { "x-ms-lease-id": "6f0c6a34-0000-4000-8000-000000000000" }).end();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => {
  server.close();
  server.closeAllConnections();
});

/** A lease whose requests all succeed, on a machine with these two clocks. */
async function leaseOn(clock: FakeClock, monotonicNow: () => number) {
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  const service = new BlobServiceClient(`http://127.0.0.1:${address.port}/account`);
  const client = service.getContainerClient("state").getBlobClient("lock/a").getBlobLeaseClient();
  const lease = await acquireLease(
    { calls: new StorageCalls(clock), client, path: "state/lock/a", monotonicNow },
    60_000,
  );
  assert(lease);
  return lease;
}

test("a machine's sleep makes its lease old, though the clock that is never set stood still meanwhile", async () => {
  const clock = new FakeClock();
  const lease = await leaseOn(clock, () => 1000);
  assert.equal(lease.isFresh(20_000), true);
  await clock.turn(2 * 3_600_000);
  assert.equal(lease.isFresh(20_000), false);
});

test("a wall clock that is set back does not make a lease fresh", async () => {
  const clock = new FakeClock();
  let monotonic = 1000;
  const lease = await leaseOn(clock, () => monotonic);
  monotonic += 30_000;
  await clock.turn(-3_600_000);
  assert.equal(lease.isFresh(20_000), false);
});
