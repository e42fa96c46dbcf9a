import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { startAzurite } from "../../../../local/azurite/azurite.ts";

/** Starts storage in a folder, changes this and that in it, tells the storage's pid and waits to be killed. */
const azurite = await startAzurite({ folder: process.argv[2] ?? "" });
const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("kept");
await container.createIfNotExists();
for (let n = 0; n < 40; n += 1) await container.getBlockBlobClient(`blob-${n}`).upload("old", 3);
for (let n = 0; n < 10; n += 1) await container.getBlockBlobClient(`blob-${n}`).delete();
await container.getBlockBlobClient("blob-10").upload("new", 3);
const log = container.getAppendBlobClient("log");
await log.create();
for (const line of ["one ", "two ", "three"]) await log.appendBlock(line, line.length);

const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
const [queue, emptied] = [queues.getQueueClient("kept"), queues.getQueueClient("emptied")];
for (const each of [queue, emptied]) {
  await each.createIfNotExists();
  for (const text of ["a", "b", "c"]) await each.sendMessage(text);
}
const [first] = (await queue.receiveMessages()).receivedMessageItems;
if (first !== undefined) await queue.deleteMessage(first.messageId, first.popReceipt);
await emptied.clearMessages();
process.send?.(azurite.pid);
