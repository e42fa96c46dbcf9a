import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { connectorName, dropId } from "../../../shared/chat/identifiers.ts";
import type { QueueDepths, Queues, Task } from "../../../shared/store/queues.ts";

/** Queues, with the end that the host reads from. */
export interface QueuesUnderTest {
  readonly queues: Queues & QueueDepths;
  /** Takes and deletes the visible messages of queue `fetches`, as JSON values. */
  takeAll(): Promise<unknown[]>;
  /** Lets time pass, really or not. */
  pass(ms: number): Promise<void>;
}

const task = (runId: string): Task<"fetches"> => ({ v: 1, runId, connector: connectorName.parse("acme-london") });

/** What every implementation of Queues must do. */
export function describeQueues(name: string, open: () => QueuesUnderTest): void {
  describe(name, { concurrency: 1 }, () => {
    beforeEach(() => open().takeAll());

    test("what was sent is received as it was", async () => {
      await open().queues.send("fetches", { ...task("run-1"), traceparent: "00-ab-cd-01" });
      assert.deepEqual(await open().takeAll(), [{ ...task("run-1"), traceparent: "00-ab-cd-01" }]);
      assert.deepEqual(await open().takeAll(), []);
    });

    test("a delayed message is not to be seen before its time", async () => {
      await open().queues.send("fetches", task("later"), 1500);
      await open().queues.send("fetches", task("now"));
      assert.deepEqual(await open().takeAll(), [task("now")]);
      await open().pass(2100);
      assert.deepEqual(await open().takeAll(), [task("later")]);
    });

    test("what does not fit the queue's schema is refused, and what is not in it is left out", async () => {
      const broken = { ...task("run-1"), connector: connectorName.parse("a"), v: 1 as const, runId: "x".repeat(65) };
      await assert.rejects(open().queues.send("fetches", broken));
      const wordy = { ...task("run-2"), text: "sell everything" };
      await open().queues.send("fetches", wordy);
      assert.deepEqual(await open().takeAll(), [task("run-2")]);
    });

    test("a queue tells how many messages are in it, those that are not to be seen yet too", async () => {
      await open().queues.send(
        "partitions",
        { v: 1, runId: "r", drop: dropId.parse("acme-2026-06-03-1"), gen: 1, p: 0, P: 8 },
        60_000,
      );
      assert.deepEqual(await open().queues.depthOf("partitions"), { messages: 1, poison: 0 });
      assert.deepEqual(await open().queues.depthOf("fetches"), { messages: 0, poison: 0 });
    });

    test("a delay is at most seven days and never negative", async () => {
      const dayInMs = 24 * 3600 * 1000;
      await assert.rejects(open().queues.send("fetches", task("x"), -1), RangeError);
      await assert.rejects(open().queues.send("fetches", task("x"), 7 * dayInMs + 1), RangeError);
      await open().queues.send("fetches", task("x"), 7 * dayInMs);
      assert.deepEqual(await open().takeAll(), []);
    });
  });
}
