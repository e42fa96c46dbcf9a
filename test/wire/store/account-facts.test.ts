import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { QueueServiceClient } from "@azure/storage-queue";
import { checkId } from "../../../shared/chat/identifiers.ts";
import { paths } from "../../../shared/store/paths.ts";
import { StorageFault } from "../../../shared/store/storage-fault.ts";
import { type StorageBehindProxy, startStorageBehindProxy } from "../../support/storage-behind-proxy.ts";

const check = checkId.parse("11111111-2222-3333-4444-555555555555");
let storage: StorageBehindProxy;

before(async () => {
  storage = await startStorageBehindProxy({ maxTries: 2, retryDelayInMs: 1 });
});
beforeEach(() => {
  storage.blobProxy.plan();
  storage.queueProxy.plan();
});
after(() => storage.stop());

test("a container's policy, hold, versions and openness are read from its headers; one that is not there has none", async () => {
  const { account } = storage.shaky;
  assert.deepEqual(await account.container("evidence"), { isImmutable: false, isPublic: false });
  for (const [header, value, facts] of [
    ["x-ms-has-immutability-policy", "true", { isImmutable: true, isPublic: false }],
    ["x-ms-has-legal-hold", "true", { isImmutable: true, isPublic: false }],
    ["x-ms-immutable-storage-with-versioning-enabled", "true", { isImmutable: true, isPublic: false }],
    ["x-ms-blob-public-access", "blob", { isImmutable: false, isPublic: true }],
  ] as const) {
    storage.blobProxy.plan({ of: "GET container", action: { kind: "headers", set: () => ({ [header]: value }) } });
    assert.deepEqual(await account.container("evidence"), facts, header);
  }
  assert.equal(await account.container("no-such"), undefined);
});

test("a blob has versions when its reply names one", async () => {
  const { account } = storage.shaky;
  const path = paths.checkProbe(check, "swap");
  assert.equal(await account.isVersioned(path), false);
  await storage.sound.blobs.create(path, Buffer.from("x"));
  assert.equal(await account.isVersioned(path), false);
  const set = () => ({ "x-ms-version-id": "2026-06-04T13:00:00.0000000Z" });
  storage.blobProxy.plan({ of: "Get Blob Properties", action: { kind: "headers", set } });
  assert.equal(await account.isVersioned(path), true);
});

test("a message that is put to try a queue is seen by nobody and taken back, also when storage's replies are lost", async () => {
  const { account } = storage.shaky;
  const task = { v: 1, runId: check, check } as const;
  storage.queueProxy.plan({ of: "Delete Blob", action: { kind: "drop-reply" } });
  await account.tryQueue("checks", task);
  assert.equal(storage.queueProxy.struck, 1);
  assert.equal(await account.messagesIn("checks"), 0);
  storage.queueProxy.plan({ of: "Put Message", action: { kind: "drop-reply" } });
  await account.tryQueue("checks", task);
  const client = QueueServiceClient.fromConnectionString(storage.azurite.connectionString).getQueueClient("checks");
  assert.deepEqual((await client.receiveMessages()).receivedMessageItems, [], "what was left is hidden for an hour");
});

test("a queue that is not there is no fault, and one that refuses is", async () => {
  const { account } = storage.shaky;
  assert.equal(await account.messagesIn("no-such"), undefined);
  const action = { kind: "refuse", status: 403, code: "AuthorizationFailure" } as const;
  storage.queueProxy.plan({ of: "Get Blob", action });
  await assert.rejects(
    account.messagesIn("chats"),
    (error) => error instanceof StorageFault && error.code === "AuthorizationFailure",
  );
});
