import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { createFaultPlan } from "../../../local/stand-ins/fault-plan.ts";
import type { FaultRule } from "../../../local/stand-ins/fault-rule.ts";
import { ANN, byKey, entries, errorCode, startTestGraph, toMessage } from "./graph-fixture.ts";

const POSTS: FaultRule["match"] = { method: "POST", path: "/messages$" };
const MESSAGES = `users/${ANN}/messages`;

test("a status is answered in place of the work, with each kind of Retry-After and body", async (t) => {
  const { send, graph, clock } = await startTestGraph(t);
  type Answer = Extract<FaultRule["action"], { kind: "answer" }>;
  const post = async (action: Partial<Answer>) => {
    const fault = graph.faults.add({ match: POSTS, action: { status: 429, ...action, kind: "answer" } });
    const answer = await send("POST", MESSAGES, toMessage("k"));
    graph.faults.remove(fault.id);
    return answer;
  };
  const plain = await post({});
  assert.deepEqual(
    [plain.status, errorCode(plain), plain.headers.get("retry-after")],
    [429, "ApplicationThrottled", null],
  );
  assert.equal((await post({ retryAfter: "1.5" })).headers.get("retry-after"), "1.5");
  const date = (await post({ retryAfter: { dateInMs: 5_000 } })).headers.get("retry-after");
  assert.equal(Date.parse(date ?? ""), clock.now() + 5_000);
  const html = await post({ status: 502, body: "html", retryAfter: "2" });
  assert.deepEqual([html.status, html.headers.get("retry-after")], [502, "2"]);
  assert.match(html.text, /^<html>/);
  const half = await post({ status: 503, body: "half-json" });
  assert.match(half.text, /^\{"error":/);
  assert.throws(() => void JSON.parse(half.text));
  assert.equal((await post({ status: 504, body: "empty" })).text, "");
  assert.equal(errorCode(await post({ status: 400, code: "ErrorInvalidProperty" })), "ErrorInvalidProperty");
  assert.equal(entries(await send("GET", MESSAGES)).length, 0);
});

test("a reply lost after the write leaves the item, a reset before it leaves none", async (t) => {
  const { send, graph } = await startTestGraph(t);
  graph.faults.add({ match: POSTS, nth: 1, action: { kind: "hang-up", afterTheWrite: false } });
  graph.faults.add({ match: POSTS, nth: 2, action: { kind: "hang-up", afterTheWrite: true } });
  graph.faults.add({ match: POSTS, nth: 3, action: { kind: "answer", status: 503, afterTheWrite: true } });
  const found = async (key: string) => entries(await send("GET", `${MESSAGES}?${byKey(key)}`)).length;
  const isReset = (error: Error): boolean => /ECONNRESET/.test(inspect(error.cause));
  await assert.rejects(send("POST", MESSAGES, toMessage("before")), isReset);
  await assert.rejects(send("POST", MESSAGES, toMessage("after")), isReset);
  assert.equal((await send("POST", MESSAGES, toMessage("behind-503"))).status, 503);
  assert.deepEqual([await found("before"), await found("after"), await found("behind-503")], [0, 1, 1]);
});

test("a request that hangs holds until the client leaves, and holds its lane", async (t) => {
  const { send, graph } = await startTestGraph(t, { limits: { concurrent: 1 } });
  const fault = graph.faults.add({ match: POSTS, action: { kind: "hang", afterTheWrite: true } });
  const leave = new AbortController();
  const hanging = fetch(`${graph.url}/v1.0/${MESSAGES}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer x" },
    body: JSON.stringify(toMessage("k")),
    signal: leave.signal,
  });
  while (fault.hits === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await send("GET", MESSAGES)).status, 429);
  leave.abort();
  await assert.rejects(hanging);
  let answer = await send("GET", MESSAGES);
  for (let tries = 0; answer.status === 429 && tries < 100; tries += 1) answer = await send("GET", MESSAGES);
  assert.equal(entries(answer).length, 1);
});

test("a rule can ask for properties of the body", async (t) => {
  const { send, graph } = await startTestGraph(t);
  graph.faults.add({ match: { bodyHas: ["internetMessageId"] }, action: { kind: "answer", status: 400 } });
  const { internetMessageId: _, ...degraded } = toMessage("k");
  assert.equal((await send("POST", MESSAGES, toMessage("k"))).status, 400);
  assert.equal((await send("POST", MESSAGES, degraded)).status, 201);
});

test("a rate hits the same requests for the same seed", async (t) => {
  const pattern = async (seed: number): Promise<string> => {
    const faults = createFaultPlan([{ rate: 0.5, seed, action: { kind: "answer", status: 503 } }]);
    const { send } = await startTestGraph(t, { faults });
    const statuses: number[] = [];
    for (let at = 0; at < 30; at += 1) statuses.push((await send("GET", MESSAGES)).status);
    return statuses.join();
  };
  const [first, again, other] = [await pattern(1), await pattern(1), await pattern(2)];
  assert.equal(first, again);
  assert.notEqual(first, other);
  assert.match(first, /200/);
  assert.match(first, /503/);
});

test("faults, people and mailboxes can be steered over HTTP from this machine, not from a web page", async (t) => {
  const { send, graph } = await startTestGraph(t);
  const control = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`${graph.url}/_control/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const made = await control("POST", "faults", { first: 1, action: { kind: "answer", status: 500 } });
  assert.equal(made.status, 201);
  assert.equal((await send("GET", MESSAGES)).status, 500);
  assert.equal((await send("GET", MESSAGES)).status, 200);
  assert.deepEqual(await (await control("GET", "faults")).json(), { faults: [{ id: "fault-1", matched: 2, hits: 1 }] });
  assert.equal((await control("DELETE", "faults/fault-1")).status, 204);
  assert.equal((await control("DELETE", "faults/fault-1")).status, 404);
  assert.equal((await control("POST", "faults", { action: { kind: "answr" } })).status, 400);
  assert.equal(
    (await control("POST", "faults", { action: { kind: "hang" } }, { origin: "https://evil.example" })).status,
    403,
  );
  assert.equal((await control("POST", `users/${ANN}`, { isFull: true })).status, 204);
  assert.equal((await send("POST", MESSAGES, toMessage("k"))).status, 403);
  assert.equal((await control("POST", `users/${ANN}`, { isfull: true })).status, 400);
  const root = async () => (await send("GET", `users/${ANN}/mailFolders/msgfolderroot`)).json.id;
  const before = await root();
  assert.equal((await control("POST", `users/${ANN}/recreate`)).status, 204);
  assert.notEqual(await root(), before);
  assert.equal((await control("DELETE", `users/${ANN}`)).status, 204);
  assert.equal((await send("GET", `users/${ANN}`)).status, 404);
  assert.equal((await control("GET", "nothing")).status, 404);
});
