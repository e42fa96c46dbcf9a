import assert from "node:assert/strict";
import { test } from "node:test";
import type { TokenSource } from "../../../shared/graph/access-token.ts";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { type Graph, NoCompleteAnswer, RequestNotSent } from "../../../shared/graph/graph.ts";
import { graphPath, odataString } from "../../../shared/graph/graph-path.ts";
import { json, startScriptedHttps } from "./scripted-https.ts";

const clock = { now: () => Date.now(), sleep: async () => undefined };
const hello = { method: "GET", path: "/users/u", timeoutInMs: 5000 } as const;

function tokens(...given: string[]): TokenSource & { asked: { claims?: string }[] } {
  const asked: { claims?: string }[] = [];
  return {
    asked,
    async getToken(_scopes, options) {
      asked.push(options);
      const token = given.length > 1 ? given.shift() : given[0];
      return token === undefined ? null : { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
}

function graphAt(endpoint: string, credential: TokenSource = tokens("t1")): Graph {
  return createGraph({ credential, endpoint, clock, newRequestId: () => "id-1" });
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return error;
}

test("a request carries token, immutable ids, our id and encoded values", async () => {
  await using server = await startScriptedHttps(json(200, { id: "u" }, { "request-id": "srv" }));
  const filter = `proxyAddresses/any(p:p eq ${odataString("smtp:o'neil+a&b#c@x.com")})`;
  const reply = await graphAt(server.endpoint).request({
    method: "GET",
    path: graphPath`/users/${"jane#EXT#@x.com"}/mailFolders`,
    query: { $filter: filter, $top: "1" },
    headers: { Prefer: "outlook.timezone" },
    timeoutInMs: 5000,
  });
  assert.deepEqual([reply.status, reply.body, reply.requestId], [200, { id: "u" }, "srv"]);
  const [got] = server.arrived;
  const url = new URL(got?.url ?? "", server.endpoint);
  assert.equal(url.pathname, "/v1.0/users/jane%23EXT%23%40x.com/mailFolders");
  assert.equal(url.searchParams.get("$filter"), "proxyAddresses/any(p:p eq 'smtp:o''neil+a&b#c@x.com')");
  assert.equal(url.searchParams.get("$top"), "1");
  assert.equal(got?.headers.authorization, "Bearer t1");
  assert.equal(got?.headers.prefer, 'IdType="ImmutableId", outlook.timezone');
  assert.equal(got?.headers["client-request-id"], "id-1");
});

test("a POST's JSON arrives as it was given, and any status comes back with headers and body", async () => {
  const refusal = { error: { code: "ErrorFolderExists", message: "x" } };
  await using server = await startScriptedHttps(json(409, refusal, { "retry-after": "7" }));
  const body = { subject: "größer", list: [1, null] };
  const reply = await graphAt(server.endpoint).request({ ...hello, method: "POST", body });
  assert.deepEqual([reply.status, reply.body, reply.headers.get("retry-after")], [409, refusal, "7"]);
  assert.deepEqual(JSON.parse(server.arrived[0]?.body ?? ""), body);
  assert.equal(server.arrived[0]?.headers["content-type"], "application/json");
});

test("a gateway's HTML page keeps its status, text and Retry-After", async () => {
  await using server = await startScriptedHttps((response) => {
    response.writeHead(503, { "content-type": "text/html", "retry-after": "12.5" }).end("<h1>busy</h1>");
  });
  const reply = await graphAt(server.endpoint).request({ ...hello, method: "POST", body: {} });
  assert.deepEqual([reply.status, reply.body, reply.text], [503, undefined, "<h1>busy</h1>"]);
  assert.equal(reply.headers.get("retry-after"), "12.5");
  assert.equal(server.arrived.length, 1, "a POST must never be sent again after 503");
});

test("an answer without a body has none", async () => {
  await using server = await startScriptedHttps((response) => response.writeHead(202).end());
  const reply = await graphAt(server.endpoint).request({ ...hello, method: "POST" });
  assert.deepEqual([reply.status, reply.body, reply.text], [202, undefined, undefined]);
});

test("a redirect is an answer and is not followed", async () => {
  await using server = await startScriptedHttps((response) => response.writeHead(302, { location: "/v1.0/x" }).end());
  assert.equal((await graphAt(server.endpoint).request(hello)).status, 302);
  assert.equal(server.arrived.length, 1);
});

test("a link of the same endpoint is followed with its own values untouched", async () => {
  await using server = await startScriptedHttps(json(200, {}));
  const link = `${server.endpoint}/v1.0/users/u/messages?%24filter=a+eq+%27b%27&$skiptoken=x%2By=(z=1)`;
  await graphAt(server.endpoint).request({ ...hello, path: link });
  assert.equal(server.arrived[0]?.url, "/v1.0/users/u/messages?$filter=a+eq+%27b%27&$skiptoken=x%2By=(z=1)");
});

test("a path that names another host is refused before a token is asked for", async () => {
  const credential = tokens("t1");
  for (const path of ["https://evil.example/v1.0/me", "/users/https://evil.example/v1.0", "users/x", "/users?a=b"]) {
    const graph = graphAt("https://localhost:1", credential);
    await assert.rejects(graph.request({ ...hello, path }), /same endpoint/);
  }
  assert.equal(credential.asked.length, 0);
});

test("an endpoint without https is refused", () => {
  assert.throws(() => graphAt("http://localhost:1"), /must be https/);
});

for (const [what, head, text] of [
  ["half a JSON", "application/json", '{"id":"AAM'],
  ["a proxy's page", "text/html", "<html>Jane's secret</html>"],
] as const) {
  test(`a 201 with ${what} is no complete answer and its words are not in the error`, async () => {
    await using server = await startScriptedHttps((response) => {
      response.writeHead(201, { "content-type": head }).end(text);
    });
    const error = await failureOf(graphAt(server.endpoint).request({ ...hello, method: "POST", body: {} }));
    assert.ok(error instanceof NoCompleteAnswer);
    assert.deepEqual([error.reason, error.status, error.requestId], ["not-json", 201, "id-1"]);
    assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /AAM|Jane/);
  });
}

test("a text is returned where a text was asked for", async () => {
  await using server = await startScriptedHttps((response) => {
    response.writeHead(200, { "content-type": "text/plain" }).end("MIME-Version: 1.0");
  });
  const reply = await graphAt(server.endpoint).request({ ...hello, expect: "text" });
  assert.equal(reply.text, "MIME-Version: 1.0");
});

test("a body that breaks off is no complete answer", async () => {
  await using server = await startScriptedHttps((response) => {
    response.writeHead(201, { "content-type": "application/json", "content-length": "100" });
    response.write('{"id":', () => response.destroy());
  });
  const error = await failureOf(graphAt(server.endpoint).request({ ...hello, method: "POST", body: {} }));
  assert.ok(error instanceof NoCompleteAnswer);
  assert.deepEqual([error.reason, error.status], ["connection-lost", 201]);
});

test("a connection reset before the answer is no complete answer and is not tried again", async () => {
  await using server = await startScriptedHttps((response) => response.destroy());
  const error = await failureOf(graphAt(server.endpoint).request({ ...hello, method: "POST", body: {} }));
  assert.ok(error instanceof NoCompleteAnswer);
  assert.equal(error.reason, "connection-lost");
  assert.equal(server.arrived.length, 1);
});

test("silence ends at the time-out, before the answer and within it", async () => {
  await using server = await startScriptedHttps(
    () => undefined,
    (response) => response.writeHead(200, { "content-type": "application/json" }).write("{"),
  );
  for (const status of [undefined, 200]) {
    const error = await failureOf(graphAt(server.endpoint).request({ ...hello, timeoutInMs: 150 }));
    assert.ok(error instanceof NoCompleteAnswer);
    assert.deepEqual([error.reason, error.status], ["timed-out", status]);
  }
});

test("the caller's signal ends a request under way", async () => {
  const caller = new AbortController();
  await using server = await startScriptedHttps(() => caller.abort(new Error("lease lost")));
  const error = await failureOf(graphAt(server.endpoint).request({ ...hello, signal: caller.signal }));
  assert.ok(error instanceof NoCompleteAnswer);
  assert.equal(error.reason, "aborted");
});

test("a request that nobody waits for any more is not sent", async () => {
  await using server = await startScriptedHttps();
  const error = await failureOf(graphAt(server.endpoint).request({ ...hello, signal: AbortSignal.abort() }));
  assert.ok(error instanceof RequestNotSent);
  assert.deepEqual([error.reason, server.arrived.length], ["aborted", 0]);
});

test("no connection is proof that nothing was sent", async () => {
  const server = await startScriptedHttps();
  await server[Symbol.asyncDispose]();
  const refused = await failureOf(graphAt(server.endpoint).request({ ...hello, method: "POST", body: {} }));
  assert.ok(refused instanceof RequestNotSent);
  assert.deepEqual([refused.reason, refused.code], ["not-connected", "ECONNREFUSED"]);
});

test("a 401 is tried once more with a new token, a POST as well, with the claims that Graph asks for", async () => {
  const claims = Buffer.from('{"access_token":{"nbf":1}}').toString("base64");
  await using server = await startScriptedHttps(
    json(401, {}, { "www-authenticate": `Bearer realm="", error="insufficient_claims", claims="${claims}"` }),
    json(201, { id: "m" }),
  );
  const credential = tokens("t1", "t2");
  const reply = await graphAt(server.endpoint, credential).request({ ...hello, method: "POST", body: { a: 1 } });
  assert.equal(reply.status, 201);
  assert.deepEqual(
    server.arrived.map((one) => [one.headers.authorization, one.body]),
    [
      ["Bearer t1", '{"a":1}'],
      ["Bearer t2", '{"a":1}'],
    ],
  );
  assert.equal(credential.asked[1]?.claims, '{"access_token":{"nbf":1}}');
});

test("a second 401 is the answer", async () => {
  await using server = await startScriptedHttps(json(401, {}), json(401, { error: { code: "X" } }), json(200, {}));
  const reply = await graphAt(server.endpoint, tokens("t1", "t2", "t3")).request(hello);
  assert.deepEqual([reply.status, reply.body], [401, { error: { code: "X" } }]);
});

test("requests side by side ask for one token", async () => {
  await using server = await startScriptedHttps(json(200, {}), json(200, {}), json(200, {}));
  const credential = tokens("t1");
  const graph = graphAt(server.endpoint, credential);
  await Promise.all([graph.request(hello), graph.request(hello)]);
  await graph.request(hello);
  assert.equal(credential.asked.length, 1);
});

test("without a token nothing is sent, and the error does not tell what the credential said", async () => {
  await using server = await startScriptedHttps();
  const credential: TokenSource = {
    getToken: () => Promise.reject(new Error("AADSTS7000215 secret=hunter2")),
  };
  const error = await failureOf(graphAt(server.endpoint, credential).request(hello));
  assert.ok(error instanceof RequestNotSent);
  assert.equal(error.reason, "no-token");
  assert.doesNotMatch(String(error.stack), /hunter2/);
});
