import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type DequeuedMessageItem, type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { type StorageBehindProxy, startStorageBehindProxy } from "../../support/storage-behind-proxy.ts";
import { describeQueues } from "./queues-contract.ts";

let storage: StorageBehindProxy;
let fetches: QueueClient;

before(async () => {
  storage = await startStorageBehindProxy({ tryTimeoutInMs: 1000, maxTries: 3, retryDelayInMs: 5 });
  fetches = QueueServiceClient.fromConnectionString(storage.azurite.connectionString).getQueueClient("fetches");
});
after(() => storage.stop());

async function receive(): Promise<DequeuedMessageItem[]> {
  const { receivedMessageItems } = await fetches.receiveMessages({ numberOfMessages: 32 });
  for (const { messageId, popReceipt } of receivedMessageItems) await fetches.deleteMessage(messageId, popReceipt);
  return receivedMessageItems;
}

// The host decodes base64 and parses JSON (host.json: messageEncoding base64).
const decode = ({ messageText }: DequeuedMessageItem): unknown =>
  JSON.parse(Buffer.from(messageText, "base64").toString());

describeQueues("AzureQueues on Azurite", () => ({
  queues: storage.shaky.queues,
  takeAll: async () => (await receive()).map(decode),
  pass: (ms) => setTimeout(ms),
}));

const task = { v: 1, runId: "r", connector: connectorName.parse("acme") } as const;

test("AzureQueues: a message never expires", async () => {
  await storage.shaky.queues.send("fetches", task);
  const [message] = await receive();
  assert.ok((message?.expiresOn.getUTCFullYear() ?? 0) > 9000);
});

test("AzureQueues: a message arrives at least once whatever happens to the request or its reply", async () => {
  const actions = [{ kind: "drop-reply" }, { kind: "reset" }, { kind: "stall" }, { kind: "stall-reply" }] as const;
  for (const action of actions) {
    storage.queueProxy.plan({ of: "Put Message", action });
    await storage.shaky.queues.send("fetches", task);
    const received = (await receive()).map(decode);
    assert.ok(received.length >= 1, action.kind);
    for (const message of received) assert.deepEqual(message, task);
  }
});

test("AzureQueues: a queue that cannot be reached is a fault that names it", async () => {
  storage.queueProxy.plan({ times: 99, action: { kind: "reset" } });
  await assert.rejects(storage.shaky.queues.send("fetches", task), {
    name: "StorageFault",
    message: /queue fetches failed/,
  });
  storage.queueProxy.plan();
});
