import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { test } from "node:test";
import { QueueServiceClient } from "@azure/storage-queue";
import { startQueueListener } from "../../../local/host/queue/queue-listener.ts";

const key = Buffer.alloc(64).toString("base64");
const noMessages = '<?xml version="1.0" encoding="utf-8"?><QueueMessagesList />';

test("a queue is read again after an answer that never came", async (t) => {
  const unanswered: ServerResponse[] = [];
  const server = createServer((_, response) => {
    if (unanswered.length === 0) return void unanswered.push(response);
    response.setHeader("content-type", "application/xml").end(noMessages);
    server.emit("answered");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const endpoint = `http://127.0.0.1:${port}/a`;
  const account = `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${key}`;
  const storage = `${account};BlobEndpoint=${endpoint};QueueEndpoint=${endpoint}`;
  const warnings: string[] = [];
  const listener = startQueueListener({
    queue: QueueServiceClient.fromConnectionString(storage).getQueueClient("orders"),
    process: () => Promise.resolve(),
    ...{ batchSize: 4, newBatchThreshold: 2, maxPollingInterval: 100, messageLeaseInMs: 60_000, requestLimitInMs: 300 },
    log: ({ level, message }) => warnings.push(`${level}: ${message}`),
  });
  t.after(() => void listener.stop());
  await once(server, "answered", { signal: AbortSignal.timeout(5_000) });
  await listener.stop();
  assert.equal(unanswered.length, 1);
  assert.match(warnings.join("\n"), /^warning: Queue orders could not be read: AbortError/);
});
