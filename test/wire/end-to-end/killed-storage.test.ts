import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { startAzurite } from "../../../local/azurite/azurite.ts";
import { untilGone } from "../../support/start/start-process.ts";

test("the storage of a start that is killed keeps everything that it has acknowledged", async (t) => {
  const folder = await makeFolder(t);
  await writeAndKill(folder, ["starter"]);
  await expectEverything(t, folder, ["b", "c"]);
});

test("a storage that is killed itself keeps everything too, also when that happens again before it was saved", async (t) => {
  const folder = await makeFolder(t);
  await writeAndKill(folder, ["storage", "starter"]);
  await writeAndKill(folder, ["storage", "starter"]);
  await expectEverything(t, folder, ["a", "b", "c", "c"]);
});

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "killed-storage-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function writeAndKill(folder: string, victims: readonly ("starter" | "storage")[]): Promise<void> {
  const writer = fork(join(import.meta.dirname, "app", "doomed-writer.ts"), [folder], { execArgv: [] });
  const [storagePid] = await once(writer, "message");
  for (const victim of victims) process.kill(victim === "storage" ? Number(storagePid) : (writer.pid ?? 0), "SIGKILL");
  await untilGone([Number(storagePid), writer.pid ?? 0]);
}

/** What doomed-writer.ts leaves: blobs the second time as the first, messages more each time. */
async function expectEverything(t: TestContext, folder: string, messages: readonly string[]): Promise<void> {
  const azurite = await startAzurite({ folder });
  t.after(() => azurite.stop());
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("kept");
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat()) names.push(name);
  const expected = Array.from({ length: 30 }, (_, n) => `blob-${n + 10}`);
  assert.deepEqual(names, [...expected, "log"].toSorted());
  const read = async (name: string): Promise<string> =>
    (await container.getBlobClient(name).downloadToBuffer()).toString();
  assert.deepEqual([await read("blob-10"), await read("blob-39"), await read("log")], ["new", "old", "one two three"]);

  const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const peek = async (name: string): Promise<string[]> => {
    const { peekedMessageItems } = await queues.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
    return peekedMessageItems.map(({ messageText }) => messageText);
  };
  assert.deepEqual((await peek("kept")).toSorted(), messages);
  assert.deepEqual(await peek("emptied"), []);
}
