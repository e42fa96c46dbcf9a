import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { z } from "zod";
import type { BlobPath, Blobs } from "../../../shared/store/blobs.ts";
import { createDocument, readDocument, updateDocument } from "../../../shared/store/state-document.ts";
import { StorageFault } from "../../../shared/store/storage-fault.ts";
import { type StorageBehindProxy, startStorageBehindProxy } from "../../support/storage-behind-proxy.ts";
import type { StorageProxyFault } from "../../support/storage-proxy.ts";

let storage: StorageBehindProxy;
let shaky: Blobs;

before(async () => {
  storage = await startStorageBehindProxy({ tryTimeoutInMs: 500, maxTries: 3, retryDelayInMs: 1 });
  shaky = storage.shaky.blobs;
});
after(() => storage.stop());

/** About a third of all requests of every kind go wrong, one way or another. */
const storm: StorageProxyFault[] = [
  { rate: 0.12, seed: 1, action: { kind: "drop-reply" } },
  { rate: 0.08, seed: 2, action: { kind: "reset" } },
  { rate: 0.08, seed: 3, action: { kind: "cut-reply" } },
  { rate: 0.08, seed: 4, action: { kind: "answer", status: 500, after: true } },
  { rate: 0.01, seed: 5, action: { kind: "stall-reply" } },
];

/** Tries again what threw, as a queue message that comes again does. */
async function untilItIsDone<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
    }
  }
}

/** Appends its lines one by one, each where the blob ends, going on behind others' lines. */
async function appendLines(path: BlobPath, writer: string, count: number): Promise<string[]> {
  const lines = Array.from({ length: count }, (_, seq) => `B ${writer} ${seq}\n`);
  let position = 0;
  for (const line of lines) {
    for (;;) {
      const end = await untilItIsDone(() => shaky.append(path, Buffer.from(line), position));
      position = end ?? (await untilItIsDone(() => shaky.head(path)))?.sizeInBytes ?? 0;
      if (end !== undefined) break;
    }
  }
  return lines;
}

test("two writers that append through a storm: each line once, each writer's in its order", async () => {
  const path: BlobPath = `ledger/${randomUUID()}`;
  await storage.sound.blobs.createAppendable(path);
  storage.blobProxy.plan(...storm);
  const [a, b] = await Promise.all([appendLines(path, "a", 60), appendLines(path, "b", 60)]);
  const written = String((await storage.sound.blobs.read(path))?.bytes).split(/(?<=\n)/);
  assert.equal(written.length, 120);
  assert.deepEqual(
    written.filter((line) => line.startsWith("B a")),
    a,
  );
  assert.deepEqual(
    written.filter((line) => line.startsWith("B b")),
    b,
  );
});

test("a counter that four writers raise through a storm counts every raise once", async () => {
  const path: BlobPath = `state/${randomUUID()}`;
  const schema = z.object({ count: z.number(), by: z.record(z.string(), z.number()) });
  const noPause = { pause: async () => {} };
  await createDocument(storage.sound.blobs, path, schema, { count: 0, by: {} }, { writer: "test" });
  storage.blobProxy.plan(...storm);
  const raise = async (writer: string) => {
    for (let n = 0; n < 12; n += 1) {
      const change = (old: z.infer<typeof schema>) => ({
        count: old.count + 1,
        by: { ...old.by, [writer]: (old.by[writer] ?? 0) + 1 },
      });
      // One id for all tries of one raise: so a try that threw after it had been carried out is known again.
      const id = randomUUID();
      await untilItIsDone(() => updateDocument(shaky, path, schema, change, { writer, newId: () => id, ...noPause }));
    }
  };
  await Promise.all(["a", "b", "c", "d"].map(raise));
  const found = await readDocument(storage.sound.blobs, path, schema);
  assert.deepEqual(found?.value, { count: 48, by: { a: 12, b: 12, c: 12, d: 12 } });
});

test("of four that create one blob through a storm, all are told the same winner", async () => {
  storage.blobProxy.plan(...storm);
  for (let round = 0; round < 10; round += 1) {
    const path: BlobPath = `state/${randomUUID()}`;
    const contents = ["a", "b", "c", "d"].map((name) => Buffer.from(`claimed by ${name}`));
    const created = await Promise.all(contents.map((bytes) => untilItIsDone(() => shaky.create(path, bytes))));
    const kept = (await storage.sound.blobs.read(path))?.bytes;
    const told = contents.filter((_, index) => created[index] !== "different");
    assert.deepEqual(told, [kept]);
  }
});
