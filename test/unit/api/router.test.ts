import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import type { HttpAsk } from "../../../shared/api/http-message.ts";
import { toOperations } from "../../../shared/api/operation.ts";
import type { Asker } from "../../../shared/api/principal.ts";
import { conflict, tooMany } from "../../../shared/api/problem.ts";
import type { HandlersFor } from "../../../shared/api/request.ts";
import { defineRoute } from "../../../shared/api/route.ts";
import { type Answered, createRouter } from "../../../shared/api/router.ts";
import { toAsk } from "./ask.ts";

const name = z.strictObject({ name: z.string().max(10, "must have 10 characters or fewer") });
const connector = z.object({ name: z.string(), port: z.number() });

const routes = {
  readConnector: defineRoute({
    endpoint: "readConnector",
    role: "reader",
    summary: "",
    params: name,
    reply: connector,
  }),
  changeConnector: defineRoute({
    endpoint: "changeConnector",
    role: "admin",
    summary: "",
    params: name,
    body: z.strictObject({ port: z.number().int("must be a whole number"), note: z.string().max(5).optional() }),
    reply: z.object({ ifMatch: z.string() }),
  }),
  pauseConnector: defineRoute({ endpoint: "pauseConnector", role: "admin", summary: "", params: name }),
  readMapping: defineRoute({ endpoint: "readMapping", role: "reader", summary: "", params: name, reply: connector }),
  downloadMapping: defineRoute({
    endpoint: "downloadMapping",
    role: "reader",
    summary: "",
    params: name,
    download: "text/csv; charset=utf-8",
  }),
  replaceMapping: defineRoute({
    endpoint: "replaceMapping",
    role: "admin",
    summary: "",
    params: name,
    upload: { contentType: "text/csv", mostBytes: 10 },
    reply: z.object({ bytes: z.number() }),
  }),
  listConnectors: defineRoute({
    endpoint: "listConnectors",
    role: "reader",
    summary: "",
    query: z.strictObject({ state: z.enum(["open", "closed"]).optional() }),
    reply: z.object({ state: z.string() }),
  }),
} as const;

interface Deps {
  readonly seen: unknown[];
}

const handlers: HandlersFor<typeof routes, Deps> = {
  readConnector: async (_deps, { params }) => {
    if (params.name === "broken") throw new Error("Jane wrote: sell everything");
    if (params.name === "taken") throw conflict("The name is taken.");
    if (params.name === "busy") throw tooMany(2500);
    const kept = { name: params.name, port: 22, password: "marked-secret" };
    return { body: kept, etag: '"0x8D"' };
  },
  changeConnector: async ({ seen }, { body, ifMatch, principal }) => {
    seen.push(body, principal.id);
    return { body: { ifMatch: ifMatch ?? "none" } };
  },
  pauseConnector: async ({ seen }) => {
    seen.push("paused");
    return {};
  },
  readMapping: async () => ({ body: { name: "mapping", port: 0 } }),
  downloadMapping: async (_deps, { params }) => ({
    file: { name: `../${params.name}"\r\nx: y.csv`, content: "ImId,Mailbox\r\n" },
  }),
  replaceMapping: async (_deps, { upload }) => {
    let bytes = 0;
    for await (const piece of upload) bytes += piece.byteLength;
    return { body: { bytes } };
  },
  listConnectors: async (_deps, { query }) => ({ body: { state: query.state ?? "any" } }),
};

const answerCall = createRouter(toOperations(routes, handlers));
const admin: Asker = { id: "entra:a@b", name: undefined, role: "admin" };
const reader: Asker = { ...admin, role: "reader" };
const own = { "x-icechat": "1" };
const json = { ...own, "content-type": "application/json" };

interface Told extends Answered {
  readonly body: unknown;
  readonly seen: readonly unknown[];
}

async function call(ask: HttpAsk, asker: Asker = admin): Promise<Told> {
  const seen: unknown[] = [];
  const answered = await answerCall({ ask, path: ask.url.pathname, asker, deps: { seen } });
  const { content } = answered.answer;
  const isJson = answered.answer.headers["content-type"]?.includes("json") === true;
  return { ...answered, seen, body: isJson && typeof content === "string" ? JSON.parse(content) : content };
}

async function problemOf(ask: HttpAsk, asker?: Asker): Promise<unknown> {
  const { answer, body, problem, seen } = await call(ask, asker);
  assert.equal(answer.headers["content-type"], "application/problem+json");
  const { type, title, status, detail } = z
    .strictObject({
      type: z.string(),
      title: z.string().min(1),
      status: z.number(),
      detail: z.string().min(1),
      errors: z.unknown(),
    })
    .partial({ errors: true })
    .parse(body);
  assert.deepEqual([status, type], [answer.status, `urn:icechat:problem:${problem}`]);
  assert.ok(title !== detail);
  assert.deepEqual(seen, [], "nothing is done when a call is refused");
  return [status, problem];
}

describe("the router", () => {
  test("answers with what the contract lists, and cuts off what it does not", async () => {
    const { answer, body, endpoint } = await call(toAsk("GET /connectors/acme"));
    assert.deepEqual([answer.status, body, endpoint], [200, { name: "acme", port: 22 }, "readConnector"]);
    assert.equal(answer.headers["etag"], '"0x8D"');
  });

  test("throws what it does not know, so that the invocation fails, and does not answer it", async () => {
    await assert.rejects(call(toAsk("GET /connectors/broken")), /sell everything/);
  });

  test("answers expected refusals with their status, words and headers", async () => {
    assert.deepEqual(await problemOf(toAsk("GET /connectors/taken")), [409, "conflict"]);
    const { answer } = await call(toAsk("GET /connectors/busy"));
    assert.deepEqual([answer.status, answer.headers["retry-after"]], [429, "3"]);
  });

  test("tells nobody and somebody without a role apart, and lets neither know what there is", async () => {
    for (const path of ["/connectors/acme", "/nowhere"]) {
      assert.deepEqual(await problemOf(toAsk(`GET ${path}`), "nobody"), [401, "not-signed-in"]);
      assert.deepEqual(await problemOf(toAsk(`GET ${path}`), "without-role"), [403, "not-allowed"]);
    }
  });

  test("lets a reader read, and change nothing", async () => {
    assert.equal((await call(toAsk("GET /connectors/acme"), reader)).answer.status, 200);
    for (const ask of [
      toAsk("POST /connectors/acme/pause", own),
      toAsk("PATCH /connectors/acme", json, '{"port":1}'),
    ]) {
      assert.deepEqual(await problemOf(ask, reader), [403, "not-allowed"]);
    }
  });

  test("changes nothing for another site's page", async () => {
    assert.deepEqual(await problemOf(toAsk("POST /connectors/acme/pause")), [403, "foreign-origin"]);
    const elsewhere = { ...own, "sec-fetch-site": "cross-site" };
    assert.deepEqual(await problemOf(toAsk("POST /connectors/acme/pause", elsewhere)), [403, "foreign-origin"]);
  });

  test("answers 204 where there is nothing to tell", async () => {
    const { answer, seen } = await call(toAsk("POST /connectors/acme/pause", own));
    assert.deepEqual([answer.status, answer.content, seen], [204, undefined, ["paused"]]);
  });

  test("hands over what was given, checked, and the version without its marks", async () => {
    const headers = { ...json, "content-type": "application/json; charset=utf-8", "if-match": 'W/"0x8D"' };
    const { body, seen } = await call(toAsk("PATCH /connectors/acme", headers, '{"port":2222}'));
    assert.deepEqual([body, seen], [{ ifMatch: "0x8D" }, [{ port: 2222 }, "entra:a@b"]]);
  });

  test("names the fields that are wrong, and repeats nothing of what was given", async () => {
    const given = '{"port":"marked","note":"marked-note","marked-name":1}';
    const { answer, body } = await call(toAsk("PATCH /connectors/acme", json, given));
    assert.equal(answer.status, 400);
    assert.ok(!JSON.stringify(body).includes("marked"), JSON.stringify(body));
    const { errors } = z.object({ errors: z.array(z.object({ path: z.string(), message: z.string() })) }).parse(body);
    assert.deepEqual(errors.map(({ path }) => path).toSorted(), ["", "note", "port"]);
    const params = await call(toAsk("GET /connectors/marked-name-that-is-long"));
    const long = { path: "name", message: "must have 10 characters or fewer" };
    assert.deepEqual(z.object({ errors: z.unknown() }).parse(params.body).errors, [long]);
  });

  test("takes no content that is no JSON, in no other type, and none where none is asked for", async () => {
    const refusals: [HttpAsk, unknown][] = [
      [toAsk("PATCH /connectors/acme", json, "{"), [400, "invalid"]],
      [toAsk("PATCH /connectors/acme", json, [Buffer.from([0xff, 0xfe])]), [400, "invalid"]],
      [toAsk("PATCH /connectors/acme", json), [400, "invalid"]],
      [toAsk("PATCH /connectors/acme", own, "{}"), [415, "wrong-content-type"]],
      [toAsk("PATCH /connectors/acme", { ...own, "content-type": "text/plain" }, "{}"), [415, "wrong-content-type"]],
      [toAsk("POST /connectors/acme/pause", json, "{}"), [400, "invalid"]],
      [toAsk("PATCH /connectors/acme", json, "x".repeat(1_000_001)), [413, "too-large"]],
      [toAsk("PATCH /connectors/acme", { ...json, "content-length": "9999999" }, "{}"), [413, "too-large"]],
    ];
    for (const [ask, expected] of refusals) assert.deepEqual(await problemOf(ask), expected);
  });

  test("takes a file up to its size, and not a byte more", async () => {
    const csv = { ...own, "content-type": "text/csv; charset=utf-8" };
    const put = (bytes: number, headers: Readonly<Record<string, string>> = csv): HttpAsk =>
      toAsk("PUT /connectors/acme/mapping", headers, [Buffer.alloc(5), Buffer.alloc(bytes - 5)]);
    assert.deepEqual((await call(put(10))).body, { bytes: 10 });
    assert.deepEqual(await problemOf(put(11)), [413, "too-large"]);
    assert.deepEqual(await problemOf(put(10, { ...csv, "content-length": "11" })), [413, "too-large"]);
    assert.deepEqual(await problemOf(put(10, json)), [415, "wrong-content-type"]);
  });

  test("takes each name of a query once, and none that it does not know", async () => {
    assert.deepEqual((await call(toAsk("GET /connectors?state=open"))).body, { state: "open" });
    for (const query of ["state=open&state=closed", "state=marked", "stat=open", "__proto__=1"]) {
      assert.deepEqual(await problemOf(toAsk(`GET /connectors?${query}`)), [400, "invalid"], query);
    }
    assert.deepEqual(await problemOf(toAsk("GET /connectors/acme?x=1")), [400, "invalid"]);
  });

  test("gives a file a name that is safe in a header and in a folder", async () => {
    const { answer } = await call(toAsk("GET /connectors/acme/mapping.csv"));
    assert.equal(answer.headers["content-disposition"], 'attachment; filename="-acme-x-y.csv"');
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, "text/csv; charset=utf-8"]);
  });

  test("tells a file's path from a part of a path", async () => {
    assert.equal((await call(toAsk("GET /connectors/acme/mapping.csv"))).endpoint, "downloadMapping");
    assert.equal((await call(toAsk("GET /connectors/acme/mapping"))).endpoint, "readMapping");
  });

  test("answers 404 to unknown paths and 405 with Allow to other methods", async () => {
    for (const path of ["/", "", "/connectors/", "/connectors/a/b/c", "/connectors/%ff", "/drops"]) {
      assert.deepEqual(await problemOf(toAsk(`GET ${path}`)), [404, "not-found"], path);
    }
    const { answer } = await call(toAsk("POST /connectors/acme", own));
    assert.deepEqual([answer.status, answer.headers["allow"]], [405, "GET, HEAD, OPTIONS, PATCH"]);
  });

  test("answers OPTIONS with what there is, and HEAD as GET without its content", async () => {
    const options = await call(toAsk("OPTIONS /connectors/acme/mapping"));
    assert.deepEqual([options.answer.status, options.answer.headers["allow"]], [204, "GET, HEAD, OPTIONS, PUT"]);
    const head = await call(toAsk("HEAD /connectors/acme"));
    assert.deepEqual(
      [head.answer.status, head.answer.content, head.answer.headers["etag"]],
      [200, undefined, '"0x8D"'],
    );
    const file = await call(toAsk("HEAD /connectors/acme/mapping.csv"));
    assert.deepEqual([file.answer.status, file.answer.content], [200, undefined]);
  });

  test("answers 304 to whoever has the version already", async () => {
    for (const known of ['"0x8D"', 'W/"0x8D"']) {
      const { answer } = await call(toAsk("GET /connectors/acme", { "if-none-match": known }));
      assert.deepEqual([answer.status, answer.content, answer.headers["etag"]], [304, undefined, '"0x8D"']);
    }
    assert.equal((await call(toAsk("GET /connectors/acme", { "if-none-match": '"0x8E"' }))).answer.status, 200);
  });

  test("answers in its own form, and says so to whoever asks for another", async () => {
    for (const accept of ["application/json", "*/*", "application/*;q=0.5", "text/html, application/json;q=0.1"]) {
      assert.equal((await call(toAsk("GET /connectors/acme", { accept }))).answer.status, 200, accept);
    }
    for (const accept of ["text/html", "application/xml", "application/json;q=0", "text/*"]) {
      assert.deepEqual(await problemOf(toAsk("GET /connectors/acme", { accept })), [406, "not-acceptable"], accept);
    }
    assert.equal((await call(toAsk("GET /connectors/acme/mapping.csv", { accept: "text/csv" }))).answer.status, 200);
  });
});
