import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { startAzurite } from "../../../local/azurite/azurite.ts";

test("answers the storage SDKs as soon as it has started, and stops with a connection open", async (t) => {
  const azurite = await startAzurite();
  t.after(() => azurite.stop());
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("here");
  await container.create();
  const { etag } = await container.getBlockBlobClient("a").upload("x", 1, { conditions: { ifNoneMatch: "*" } });
  assert.match(etag ?? "", /^"0x/);
  const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient("here");
  await queue.create();
  await queue.sendMessage("kept for ever", { messageTimeToLive: -1 });
  const [peeked] = (await queue.peekMessages()).peekedMessageItems;
  assert.equal(peeked?.expiresOn.getUTCFullYear(), 9999);
  const stopping = Date.now();
  await azurite.stop();
  assert.ok(Date.now() - stopping < 2_000, "stopping waited for connections");
});

test("keeps data in a folder over a restart, with another key and other ports", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "azurite-"));
  t.after(() => rm(folder, { recursive: true }));
  const first = await startAzurite({ folder });
  const before = BlobServiceClient.fromConnectionString(first.connectionString).getContainerClient("kept");
  await before.create();
  await before.getBlockBlobClient("a").upload("still here", 10);
  await first.stop();

  const second = await startAzurite({ folder });
  t.after(() => second.stop());
  assert.notEqual(second.accountKey, first.accountKey);
  const after = BlobServiceClient.fromConnectionString(second.connectionString).getContainerClient("kept");
  assert.equal((await after.getBlockBlobClient("a").downloadToBuffer()).toString(), "still here");
});

test("names a port that is in use", async (t) => {
  const first = await startAzurite();
  t.after(() => first.stop());
  const blobPort = Number(new URL(first.blobEndpoint).port);
  await assert.rejects(startAzurite({ blobPort }), /Azurite did not start: .*EADDRINUSE/s);
});
