import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { type Graph, NoCompleteAnswer, RequestNotSent } from "../../../shared/graph/graph.ts";
import type { ConnectionLimits } from "../../../shared/graph/https-sender.ts";
import { json, startScriptedHttps } from "./scripted-https.ts";

const hello = { method: "POST", path: "/users/u/messages", body: { a: 1 }, timeoutInMs: 20_000 } as const;

function graphAt(endpoint: string, connections: Partial<ConnectionLimits>): Graph {
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  const credential = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return createGraph({ credential, endpoint, clock, connections });
}

test("requests one after the other go over one connection", async () => {
  await using server = await startScriptedHttps(json(201, { id: "a" }), json(201, { id: "b" }), json(201, { id: "c" }));
  const graph = graphAt(server.endpoint, {});
  for (let n = 0; n < 3; n += 1) await graph.request(hello);
  assert.deepEqual([server.arrived.length, server.connections], [3, 1]);
});

test("a connection that was idle for too long is not used again", async () => {
  await using server = await startScriptedHttps(json(201, { id: "a" }), json(201, { id: "b" }));
  const graph = graphAt(server.endpoint, { idleInMs: 100 });
  await graph.request(hello);
  await setTimeout(1_000);
  await graph.request(hello);
  assert.deepEqual([server.arrived.length, server.connections], [2, 2]);
});

test("an answer may take longer than a connection may be idle", async () => {
  await using server = await startScriptedHttps((response) => {
    globalThis.setTimeout(() => json(201, { id: "a" })(response), 600);
  });
  const reply = await graphAt(server.endpoint, { idleInMs: 100 }).request(hello);
  assert.deepEqual([reply.status, server.arrived.length], [201, 1]);
});

test("a site that takes connections and never speaks TLS was sent nothing", async () => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
  });
  await once(mute.listen(0, "localhost"), "listening");
  const address = mute.address();
  assert.ok(address !== null && typeof address === "object");
  try {
    const graph = graphAt(`https://localhost:${address.port}`, { connectInMs: 100 });
    const failure: unknown = await graph.request(hello).catch((error: unknown) => error);
    assert.ok(failure instanceof RequestNotSent);
    assert.deepEqual([failure.reason, failure.code], ["not-connected", "ETIMEDOUT"]);
  } finally {
    for (const socket of sockets) socket.destroy();
    mute.close();
  }
});

test("a body with a byte order mark is read without it", async () => {
  await using server = await startScriptedHttps((response) => {
    response.writeHead(201, { "content-type": "application/json" }).end('\ufeff{"id":"a"}');
  });
  assert.deepEqual((await graphAt(server.endpoint, {}).request(hello)).body, { id: "a" });
});

test("a body that is no text is refused, and not sent as an empty one", async () => {
  await using server = await startScriptedHttps(json(201, { id: "a" }));
  await assert.rejects(graphAt(server.endpoint, {}).request({ ...hello, body: Buffer.from("{}") }));
  assert.equal(server.arrived.length, 0);
});

test("after a 401 a second try whose answer is lost may have been done: the first one's status says nothing of it", async () => {
  await using server = await startScriptedHttps(json(401, {}), (response) => response.destroy());
  const failure: unknown = await graphAt(server.endpoint, {})
    .request(hello)
    .catch((error: unknown) => error);
  assert.ok(failure instanceof NoCompleteAnswer);
  assert.deepEqual([failure.reason, failure.status, server.arrived.length], ["connection-lost", undefined, 2]);
});
