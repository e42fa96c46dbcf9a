import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryQueues } from "../../support/memory-queues.ts";
import { describeQueues } from "./queues-contract.ts";

const clock = new FakeClock();
const queues = new MemoryQueues(clock);

describeQueues("MemoryQueues", () => ({
  queues,
  takeAll: async () => {
    const all: unknown[] = [];
    for (let taken = queues.take("fetches"); taken !== undefined; taken = queues.take("fetches")) {
      taken.acknowledge();
      all.push(taken.task);
    }
    return all;
  },
  pass: (ms) => clock.turn(ms),
}));

test("MemoryQueues: a message that is not acknowledged comes again, counted", async () => {
  const own = new MemoryQueues(clock);
  await own.send("fetches", { v: 1, runId: "r", connector: connectorName.parse("acme") });
  assert.equal(own.take("fetches", 60_000)?.dequeueCount, 1);
  assert.equal(own.take("fetches"), undefined);
  await clock.turn(60_000);
  const again = own.take("fetches", 60_000);
  assert.equal(again?.dequeueCount, 2);
  again?.putBack();
  assert.equal(own.take("fetches")?.dequeueCount, 3);
  assert.equal(own.count("fetches"), 1);
});
