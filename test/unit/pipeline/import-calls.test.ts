import assert from "node:assert/strict";
import { test } from "node:test";
import { toImportSettings } from "../../../shared/import/import-settings.ts";
import { FaultyPorts, type PortCall } from "../../support/faulty-port.ts";
import { chatLineOf, ImportWorld, keyOf, sentAt } from "../../support/import-world.ts";

/** What makes no request: the next piece of a stream that is there, and small blobs up to their commit. */
const inMemory = new Set(["next", "write", "abort"]);
const day = 24 * 3600_000;

/** Calls to storage of one run in a mailbox that is known, on a chat day that is new to it. */
async function callsFor(items: number): Promise<string[]> {
  const world = new ImportWorld(toImportSettings());
  // Another run, earlier, on another day: lock and folder are there from then on.
  await world.begin([{ item: chatLineOf("earlier", { sentAt: sentAt - day }) }], 2);
  await world.runToEnd(2);
  const lines = Array.from({ length: items }, (_, n) => ({
    item: chatLineOf(`m${n}`, { position: n, key: keyOf(`m${n}`) }),
  }));
  await world.begin(lines);
  const ports = new FaultyPorts();
  assert.equal(await world.tryWith(ports), "acknowledged");
  assert.equal((await world.run()).counts.imported, items);
  const isAsked = (call: PortCall) => call.port !== "mailbox" && call.port !== "queues" && !inMemory.has(call.method);
  return ports.calls.filter(isAsked).map(({ method }) => method);
}

test("a mailbox run asks storage for each thing once, whatever it holds", async () => {
  assert.deepEqual(await callsFor(10), [
    // Which generation the drop is in: open and closed. A process asks once for all runs of some seconds.
    ...["read", "read"],
    ...["lease", "read", "replace"],
    // The folder, the work list, the day's ledger with its intents and receipts.
    ...["read", "stream", "createAppendable", "append", "append"],
    // The ledger as storage has it, for the result.
    ...["stream", "commit"],
    ...["replace", "release"],
  ]);
});

test("with more items come only their batches", async () => {
  const [few, many] = [await callsFor(10), await callsFor(10 + 10 * toImportSettings().itemsPerBatch)];
  assert.equal(many.length - few.length, 10, many.join(" "));
});
