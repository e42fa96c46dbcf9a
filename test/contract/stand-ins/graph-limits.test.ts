import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, BEN, errorCode, startTestGraph, toMessage } from "./graph-fixture.ts";

const ROOT = `users/${ANN}/mailFolders/msgfolderroot`;

test("of five requests to a mailbox at once one is refused, other mailboxes and the directory are not held up", async (t) => {
  const { send, graph } = await startTestGraph(t);
  graph.faults.add({ action: { kind: "delay", delayInMs: 100 } });
  const paths = [ROOT, ROOT, ROOT, ROOT, ROOT, `users/${BEN}/mailFolders`, `users/${ANN}`];
  const answers = await Promise.all(paths.map((path) => send("GET", path)));
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(refused.length, 1);
  assert.equal(refused[0]?.headers.get("retry-after"), "1");
  assert.equal(refused[0] === undefined ? "" : errorCode(refused[0]), "ApplicationThrottled");
  assert.deepEqual(
    answers.slice(5).map(({ status }) => status),
    [200, 200],
  );
  assert.equal((await send("GET", ROOT)).status, 200);
});

test("10,000 requests in ten minutes, and Retry-After says when there is room again", async (t) => {
  const { send, clock } = await startTestGraph(t, { limits: { requests: 3 } });
  for (let at = 0; at < 3; at += 1) {
    assert.equal((await send("GET", ROOT)).status, 200);
    clock.pass(60_000);
  }
  const refused = await send("GET", ROOT);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), String(7 * 60));
  clock.pass(7 * 60_000);
  assert.equal((await send("GET", ROOT)).status, 200);
  assert.equal((await send("GET", ROOT)).status, 429);
});

test("150 MB of uploads in five minutes", async (t) => {
  const { send, clock } = await startTestGraph(t, { limits: { uploadInBytes: 5_000 } });
  const post = () =>
    send(
      "POST",
      `users/${ANN}/messages`,
      toMessage("k", { body: { contentType: "text", content: "x".repeat(2_000) } }),
    );
  assert.deepEqual([(await post()).status, (await post()).status], [201, 429]);
  assert.equal((await send("GET", ROOT)).status, 200);
  clock.pass(5 * 60_000);
  assert.equal((await post()).status, 201);
});

test("the app as a whole has a limit", async (t) => {
  const { send } = await startTestGraph(t, { limits: { appRequests: 2 } });
  assert.equal((await send("GET", `users/${ANN}`)).status, 200);
  assert.equal((await send("GET", ROOT)).status, 200);
  assert.equal((await send("GET", `users/${BEN}`)).status, 429);
});
