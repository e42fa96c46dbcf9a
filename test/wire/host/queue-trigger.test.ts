import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { QueueClient } from "@azure/storage-queue";
import { type Bench, countMessages, type HostUnderTest, openBench, toMessage, until } from "./host-under-test.ts";

suite("queue triggers", { concurrency: 4 }, () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });
  after(() => bench.release());

  async function queueOf(name: string): Promise<QueueClient> {
    const queue = bench.queue(name);
    await queue.create();
    return queue;
  }

  function finishedIn({ lines }: HostUnderTest): number {
    return lines.filter(({ source, message }) => source === "console" && message.includes('"finished"')).length;
  }

  test("hands a JSON text over parsed, with the queue's data and the text's own properties as metadata", async (t) => {
    const queue = await queueOf("metadata");
    const { messageId } = await queue.sendMessage(toMessage({ note: "first", PopReceipt: "mine" }), {
      messageTimeToLive: -1,
    });
    const app = await bench.start(t, { settings: { ORDERS_QUEUE: "metadata" } });
    await until("the order is taken", () => app.runs("takeOrder").length === 1);
    const [run] = app.runs("takeOrder");
    assert.deepEqual(run?.input, { note: "first", PopReceipt: "mine" });
    const { id, dequeueCount, insertionTime, expirationTime, popReceipt, note } = run?.metadata ?? {};
    assert.deepEqual([id, dequeueCount, popReceipt, note], [messageId, 1, "mine", "first"]);
    assert.match(String(insertionTime), /^\d{4}-\d\d-\d\dT.*\+00:00$/);
    assert.match(String(expirationTime), /^9999-/);
    await until("the message is deleted", async () => (await countMessages(queue)) === 0);
  });

  test("turns a text that looks like a number into one", async (t) => {
    const queue = await queueOf("numbers");
    await queue.sendMessage(Buffer.from("20261122").toString("base64"));
    const app = await bench.start(t, { settings: { ORDERS_QUEUE: "numbers" } });
    await until("the order is taken", () => app.runs("takeOrder").length === 1);
    assert.equal(app.runs("takeOrder")[0]?.input, 20261122);
  });

  test("names the function and the invocation in lines from the context and from the console", async (t) => {
    const queue = await queueOf("lines");
    await queue.sendMessage(toMessage({ note: "said" }));
    const app = await bench.start(t, { settings: { ORDERS_QUEUE: "lines" } });
    await until("the order is done", () => finishedIn(app) === 1);
    const said = app.lines.filter(({ source }) => source === "user" || source === "console");
    assert.equal(said.length, 2);
    assert.deepEqual(new Set(said.map(({ functionName }) => functionName)), new Set(["takeOrder"]));
    assert.equal(new Set(said.map(({ invocationId }) => invocationId)).size, 1);
  });

  test("brings a failed message back after the visibility timeout and poisons it after the last attempt", async (t) => {
    const queue = await queueOf("failures");
    await queue.sendMessage(toMessage({ note: "bad", fail: true }));
    const app = await bench.start(t, { settings: { ORDERS_QUEUE: "failures" } });
    const poison = bench.queue("failures-poison");
    await until("the message is poison", async () => (await countMessages(poison)) === 1);
    const counts = app.runs("takeOrder").map(({ metadata }) => metadata?.dequeueCount);
    assert.deepEqual(counts, [1, 2, 3]);
    const times = app.lines.filter(({ message }) => message.startsWith('{"ran"')).map(({ time }) => Date.parse(time));
    assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 900, "the second attempt came before the visibility timeout");
    const moved = app.lines.find(({ message }) => message.includes("Moving message to queue"));
    assert.ok(Date.parse(moved?.time ?? "") - (times[2] ?? 0) < 900, "it was let come back after its last attempt");
    const [kept] = (await poison.receiveMessages()).receivedMessageItems;
    assert.equal(kept?.messageText, toMessage({ note: "bad", fail: true }));
    await until("it has left its own queue", async () => (await countMessages(queue)) === 0);
  });

  test("poisons what is not base64 without a run", async (t) => {
    const queue = await queueOf("garbled");
    await queue.sendMessage('{"note":"plain"}');
    const app = await bench.start(t, { settings: { ORDERS_QUEUE: "garbled" } });
    const poison = bench.queue("garbled-poison");
    await until("the message is poison", async () => (await countMessages(poison)) === 1);
    const [kept] = (await poison.receiveMessages()).receivedMessageItems;
    assert.equal(kept?.messageText, '{"note":"plain"}');
    assert.equal(app.runs("takeOrder").length, 0);
  });

  test("leaves a failed message of a poison queue where it is", async (t) => {
    const queue = await queueOf("undertaker-poison");
    await queue.sendMessage(toMessage({ note: "twice bad", fail: true }));
    const app = await bench.start(t, {
      settings: { POISON_QUEUE: "undertaker-poison" },
      tuning: { messageLeaseInMs: 2_000 },
    });
    await until("it has failed twice", () => app.runs("takePoison").length === 2);
    assert.equal(await countMessages(queue), 1);
    assert.equal(await bench.queue("undertaker-poison-poison").exists(), false);
  });

  test("runs a message once while it takes longer than its lease, with two hosts polling", async (t) => {
    const queue = await queueOf("slow");
    const options = { settings: { ORDERS_QUEUE: "slow" }, tuning: { messageLeaseInMs: 2_000 } };
    const apps = await Promise.all([bench.start(t, options), bench.start(t, options)]);
    await queue.sendMessage(toMessage({ note: "slow", sleepInMs: 5_000 }));
    await until("the order is done", () => apps.some((app) => finishedIn(app) === 1));
    await delay(500);
    assert.equal(apps.flatMap((app) => app.runs("takeOrder")).length, 1);
    assert.equal(await countMessages(queue), 0);
  });

  test("gives the message of a killed host to another one when its lease is over", async (t) => {
    const queue = await queueOf("orphans");
    const options = { settings: { ORDERS_QUEUE: "orphans" }, tuning: { messageLeaseInMs: 2_000 } };
    const first = await bench.start(t, options);
    await queue.sendMessage(toMessage({ note: "orphan", sleepInMs: 800 }));
    await until("the first host has it", () => first.runs("takeOrder").length === 1);
    await first.host.kill();
    const second = await bench.start(t, options);
    await until("the second host has done it", () => finishedIn(second) === 1);
    assert.equal(second.runs("takeOrder")[0]?.metadata?.dequeueCount, 2);
    assert.equal(finishedIn(first), 0);
  });

  test("starts a new worker process when a function ends it, and counts the attempt", async (t) => {
    const queue = await queueOf("crashes");
    await queue.sendMessage(toMessage({ note: "crash", crash: true }));
    const app = await bench.start(t, { settings: { ORDERS_QUEUE: "crashes" } });
    await until("the message is poison", async () => (await countMessages(bench.queue("crashes-poison"))) === 1);
    await queue.sendMessage(toMessage({ note: "next" }));
    await until("the next order is done", () => finishedIn(app) === 1);
    assert.equal(app.runs("takeOrder").length, 4);
  });

  test("ends a function that runs over the time limit, and with it the worker process", async (t) => {
    const queue = await queueOf("hangs");
    await queue.sendMessage(toMessage({ note: "hang", hang: true }));
    const app = await bench.start(t, {
      settings: { ORDERS_QUEUE: "hangs", AzureFunctionsJobHost__extensions__queues__maxDequeueCount: "1" },
      hostJson: { functionTimeout: "00:00:01" },
    });
    await until("the message is poison", async () => (await countMessages(bench.queue("hangs-poison"))) === 1);
    assert.ok(app.lines.some(({ message }) => message.startsWith("Timeout value of 1000 ms exceeded")));
    await queue.sendMessage(toMessage({ note: "next" }));
    await until("the next order is done", () => finishedIn(app) === 1);
  });
});
