import assert from "node:assert/strict";
import { test } from "node:test";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { FaultyPorts, PlannedFault, type PortFault } from "../../support/faulty-port.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const one = Buffer.from("1");

function wrap(...faults: PortFault[]) {
  const memory = new MemoryBlobs();
  const ports = new FaultyPorts(...faults);
  const blobs: Blobs = ports.wrap("blobs", memory);
  return { memory, ports, blobs };
}

test("counts calls of every port, and of what the ports give out", async () => {
  const { ports, blobs } = wrap();
  await blobs.create("state/a", one);
  const writer = blobs.writer("state/b");
  await writer.write(one);
  await writer.commit();
  for await (const entry of blobs.list("state/")) assert.ok(entry.path.startsWith("state/"));
  assert.deepEqual(
    ports.calls.map(({ port, method }) => `${port}.${method}`),
    ["blobs.create", "blobs.writer.write", "blobs.writer.commit", "blobs.list.next"],
  );
});

test("a fault before a call leaves no effect, one after it does", async () => {
  for (const when of ["before", "after"] as const) {
    const { memory, blobs } = wrap({ nth: 2, when, what: "throw" });
    await blobs.create("state/a", one);
    await assert.rejects(blobs.create("state/b", one), PlannedFault);
    assert.deepEqual(memory.all(), when === "after" ? ["state/a", "state/b"] : ["state/a"]);
    assert.equal(await blobs.create("state/c", one), "created");
  }
});

test("a fault can be aimed at the calls of a method", async () => {
  const { memory, blobs } = wrap({ nth: 1, of: ({ method }) => method === "commit", when: "before", what: "throw" });
  const writer = blobs.writer("state/a");
  await writer.write(one);
  await assert.rejects(writer.commit(), PlannedFault);
  assert.deepEqual(memory.all(), []);
});

test("when the process has ended, nothing has an effect any more, whatever holds it", async () => {
  const { memory, ports, blobs } = wrap({ nth: 2, when: "after", what: "end" });
  const lease = await blobs.lease("state/lock", 15_000);
  const writer = blobs.writer("state/w");
  await assert.rejects(blobs.create("state/a", one), PlannedFault);
  await ports.ended;
  assert.ok(ports.hasEnded);
  await assert.rejects(async () => writer.write(one), PlannedFault);
  await assert.rejects(async () => lease?.renew(), PlannedFault);
  await assert.rejects(blobs.create("state/b", one), PlannedFault);
  assert.deepEqual(memory.all(), ["state/a", "state/lock"]);
});

test("a process that vanishes runs no catch and no finally", async () => {
  const { ports, blobs } = wrap({ nth: 1, when: "before", what: "vanish" });
  let hasCleanedUp = false;
  const work = blobs.create("state/a", one).finally(() => {
    hasCleanedUp = true;
  });
  await Promise.race([work, ports.ended]);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(hasCleanedUp, false);
});
