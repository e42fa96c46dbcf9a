import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { bundle } from "../../../local/build/esbuild-bundle.ts";
import type { RpcInvocationRequest, RpcTypedData } from "../../../local/host/worker/protocol.ts";
import { type InvocationOutcome, openWorker, type WorkerChannel } from "../../../local/host/worker/worker-channel.ts";

suite("a built bundle in the worker process", () => {
  let folder = "";
  let worker: WorkerChannel;
  const lines: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "worker-"));
    const outfile = join(folder, "main.mjs");
    await bundle({ entry: join(import.meta.dirname, "app", "main.ts"), outfile });
    const log = ({ message }: { message: string }): void => void lines.push(message);
    worker = await openWorker({ bundle: outfile, env: process.env, nodeArguments: [], log });
  });
  after(async () => {
    await rm(folder, { recursive: true });
    worker.kill();
    await worker.exited;
  });

  const bindingOf = (name: string) =>
    Object.entries(worker.functions.find((each) => each.name === name)?.bindings ?? {});
  let calls = 0;

  function call(
    functionId: string,
    data: RpcTypedData,
    more: Partial<RpcInvocationRequest> = {},
  ): Promise<InvocationOutcome> {
    const [bindingName = ""] = bindingOf(functionId)[0] ?? [];
    return worker.invoke({
      invocationId: `call-${++calls}`,
      functionId,
      inputData: [{ name: bindingName, data }],
      triggerMetadata: {},
      traceContext: { traceParent: "00-1-2-00", traceState: "" },
      ...more,
    });
  }

  function answerOf(outcome: InvocationOutcome): unknown {
    assert.equal(outcome.outcome, "succeeded", outcome.outcome === "failed" ? outcome.error : "");
    const value = outcome.outcome === "succeeded" ? outcome.response.returnValue : undefined;
    return value?.json === undefined || value.json === null ? value?.string : JSON.parse(value.json);
  }

  test("registers each function with its trigger's type, direction, name and settings", () => {
    const shapes = worker.functions.map(({ name, bindings }) => {
      for (const [bindingName, binding] of Object.entries(bindings).slice(0, 1)) {
        assert.match(bindingName, new RegExp(`^${binding.type}[0-9a-f]+$`), "the library has not named the binding");
        const { type, direction, queueName, path, connection, source, schedule, route } = binding;
        return JSON.parse(
          JSON.stringify({ name, type, direction, queueName, path, connection, source, schedule, route }),
        );
      }
      return { name };
    });
    const queue = (name: string, queueName: string) => ({
      ...{ name, type: "queueTrigger", direction: "in", queueName, connection: "Storage" },
    });
    assert.deepEqual(shapes, [
      { name: "clock", type: "timerTrigger", direction: "in", schedule: "0 */5 * * * *" },
      queue("taker", "orders"),
      {
        ...{ name: "opener", type: "blobTrigger", direction: "in", path: "released/{drop}/{gen}/{file}.json" },
        ...{ connection: "Storage", source: "EventGrid" },
      },
      queue("hooked", "hooked"),
      queue("late", "late"),
      queue("failing", "failing"),
      { name: "web", type: "httpTrigger", direction: "in", route: "web/{id}" },
    ]);
    const [returned, output] = bindingOf("web")[1] ?? [];
    assert.deepEqual([returned, output?.type, output?.direction], ["$return", "http", "out"]);
  });

  test("passes a timer's retry option on in seconds", () => {
    const { retryOptions } = worker.functions.find(({ name }) => name === "clock") ?? {};
    const { maxRetryCount, retryStrategy, minimumInterval, maximumInterval } = retryOptions ?? {};
    assert.deepEqual(
      { maxRetryCount, retryStrategy, minimumInterval, maximumInterval },
      {
        maxRetryCount: 4,
        retryStrategy: "exponentialBackoff",
        minimumInterval: { seconds: 2 },
        maximumInterval: { seconds: 60 },
      },
    );
  });

  test("gives a queue function its text parsed, its metadata in camel case and the trace", async () => {
    const triggerMetadata = { DequeueCount: { json: "3" }, Id: { string: "abc" }, PopReceipt: { string: "7" } };
    const answer = answerOf(await call("taker", { string: '{"v":1}' }, { triggerMetadata }));
    assert.deepEqual(answer, {
      message: { v: 1 },
      metadata: { dequeueCount: 3, id: "abc", popReceipt: 7 },
      trace: { traceParent: "00-1-2-00", traceState: "" },
    });
    assert.deepEqual(answerOf(await call("taker", { string: "plain words" })), {
      message: "plain words",
      metadata: {},
      trace: { traceParent: "00-1-2-00", traceState: "" },
    });
  });

  test("gives a blob function its bytes as a buffer and JSON-looking tokens as numbers", async () => {
    const triggerMetadata = { drop: { string: "feed-1" }, gen: { string: "20261122" } };
    const answer = answerOf(await call("opener", { bytes: Buffer.from("{}") }, { triggerMetadata }));
    assert.deepEqual(answer, { isBuffer: true, metadata: { drop: "feed-1", gen: 20261122 } });
  });

  test("gives a timer function its schedule in camel case and the retry's count", async () => {
    const info = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: "a", Next: "b", LastUpdated: "c" },
      IsPastDue: true,
    };
    const retryContext = { retryCount: 1, maxRetryCount: 4, exception: { message: "before" } };
    const answer = answerOf(await call("clock", { json: JSON.stringify(info) }, { retryContext }));
    assert.deepEqual(answer, {
      timer: {
        schedule: { adjustForDST: true },
        scheduleStatus: { last: "a", next: "b", lastUpdated: "c" },
        isPastDue: true,
      },
      retry: { retryCount: 1, maxRetryCount: 4, exception: { message: "before" } },
    });
  });

  test("converts an HTTP request and response", async () => {
    const http = {
      method: "POST",
      url: "http://localhost/api/web/7",
      headers: { "content-type": "text/plain" },
      params: { id: "7" },
      query: {},
      body: { bytes: Buffer.from("body") },
    };
    const outcome = await call("web", { http });
    const answer = outcome.outcome === "succeeded" ? outcome.response.returnValue?.http : undefined;
    assert.equal(answer?.statusCode, "202");
    assert.equal(Buffer.from(answer?.body?.bytes ?? []).toString(), "POST 7 body");
  });

  test("runs hooks before and after", async () => {
    assert.equal(answerOf(await call("hooked", { string: "from the queue" })), "from the hook, twice");
  });

  test("answers a failing function with its error and stack, and an unknown one with the worker's words", async () => {
    const failed = await call("failing", { string: "x" });
    assert.equal(failed.outcome, "failed");
    assert.match(failed.outcome === "failed" ? failed.error : "", /^TypeError: told to fail\n\s+at /);
    const unknown = await call("nobody", { string: "x" });
    assert.match(unknown.outcome === "failed" ? unknown.error : "", /Function code for 'nobody' is not loaded/);
  });

  test("refuses a function that registers after the start", async () => {
    const late = await call("late", { string: "x" });
    assert.match(late.outcome === "failed" ? late.error : "", /can only be registered during app startup/);
  });

  test("fails what is running when the process ends, and everything after", async () => {
    const running = call("taker", { string: "wait" });
    worker.kill();
    assert.equal((await running).outcome, "failed");
    await worker.exited;
    assert.equal((await call("taker", { string: "y" })).outcome, "failed");
    assert.equal(await worker.memory(), undefined);
  });
});
