import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "../../../local/azurite/azurite.ts";
import { untilGone } from "../../support/start/start-process.ts";

test("the storage of a start that is killed still writes down everything that it has acknowledged", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "killed-storage-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const writer = fork(join(import.meta.dirname, "app", "doomed-writer.ts"), [folder, "40"], { execArgv: [] });
  const [storagePid] = await once(writer, "message");
  writer.kill("SIGKILL");
  await untilGone([Number(storagePid)]);

  const azurite = await startAzurite({ folder });
  t.after(() => azurite.stop());
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient("kept");
  let found = 0;
  for await (const _ of container.listBlobsFlat()) found += 1;
  assert.equal(found, 40);
});
