import assert from "node:assert/strict";
import { test } from "node:test";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { json, startScriptedHttps } from "./scripted-https.ts";

for (const [what, theirs, expected] of [
  ["an id is taken", "5f2b8a10-5c1e-4f57", "5f2b8a10-5c1e-4f57"],
  ["a sentence is not: it goes into errors' texts", "no such user jane.doe@contoso.example", "id-1"],
] as const) {
  test(`of what a server gives as the request's id ${what}`, async () => {
    await using server = await startScriptedHttps(json(503, { error: { code: "x" } }, { "request-id": theirs }));
    const graph = createGraph({
      credential: { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) },
      endpoint: server.endpoint,
      clock: { now: () => Date.now(), sleep: async () => undefined },
      newRequestId: () => "id-1",
    });
    const reply = await graph.request({ method: "GET", path: "/users/u", timeoutInMs: 5000 });
    assert.equal(reply.requestId, expected);
  });
}
