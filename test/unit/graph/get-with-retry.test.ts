import assert from "node:assert/strict";
import { test } from "node:test";
import { getWithRetry } from "../../../shared/graph/get-with-retry.ts";
import { type Graph, type GraphReply, NoCompleteAnswer, RequestNotSent } from "../../../shared/graph/graph.ts";

const wanted = { path: "/users/u", timeoutInMs: 100 };

function reply(status: number, headers: Record<string, string> = {}): GraphReply {
  return { status, headers: new Headers(headers), body: {}, requestId: "r", receivedAt: 0 };
}

function scripted(...script: (GraphReply | Error)[]) {
  const waits: number[] = [];
  let asked = 0;
  const graph: Graph = {
    async request(request) {
      assert.equal(request.method, "GET");
      const next = script[asked++];
      if (next === undefined) throw new Error("asked too often");
      if (next instanceof Error) throw next;
      return next;
    },
  };
  const clock = {
    now: () => 0,
    async sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      waits.push(ms);
    },
  };
  return { graph, deps: { clock, random: () => 0.4 }, waits, asked: () => asked };
}

test("waits at least what Graph asks for, and a little more so that not all come back at once", async () => {
  const { graph, deps, waits } = scripted(reply(429, { "retry-after": "10" }), reply(200));
  assert.equal((await getWithRetry(graph, wanted, deps)).status, 200);
  assert.deepEqual(waits, [11_000]);
});

test("backs off twice as long each time where Graph does not say", async () => {
  const lost = new NoCompleteAnswer("connection-lost", "r");
  const { graph, deps, waits } = scripted(reply(503), lost, new RequestNotSent("not-connected"), reply(200));
  assert.equal((await getWithRetry(graph, wanted, deps)).status, 200);
  assert.deepEqual(waits, [1100, 2200, 4400]);
});

test("a refusal is an answer and is not tried again", async () => {
  for (const status of [400, 401, 403, 404]) {
    const { graph, deps, asked } = scripted(reply(status));
    assert.equal((await getWithRetry(graph, wanted, deps)).status, status);
    assert.equal(asked(), 1);
  }
});

test("gives the last answer back, or throws the last fault, when the tries are used up", async () => {
  const busy = scripted(reply(503), reply(429));
  assert.equal((await getWithRetry(busy.graph, wanted, { ...busy.deps, attempts: 2 })).status, 429);
  const gone = scripted(reply(503), new NoCompleteAnswer("timed-out", "r"));
  await assert.rejects(getWithRetry(gone.graph, wanted, { ...gone.deps, attempts: 2 }), NoCompleteAnswer);
});

test("a wait that is too long is left to the caller", async () => {
  const { graph, deps, waits } = scripted(reply(429, { "retry-after": "300" }));
  assert.equal((await getWithRetry(graph, wanted, deps)).status, 429);
  assert.deepEqual(waits, []);
});

test("a caller that gave up is not kept waiting", async () => {
  const { graph, deps, asked } = scripted(new NoCompleteAnswer("aborted", "r"));
  const signal = AbortSignal.abort();
  await assert.rejects(getWithRetry(graph, { ...wanted, signal }, deps), NoCompleteAnswer);
  assert.equal(asked(), 1);
});

test("a fault of our own is not taken for one of Graph's", async () => {
  const { graph, deps, asked } = scripted(new TypeError("bug"));
  await assert.rejects(getWithRetry(graph, wanted, deps), TypeError);
  assert.equal(asked(), 1);
});
