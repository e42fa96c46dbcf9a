import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { type EndpointName, endpoints } from "../../../shared/api/endpoints.ts";
import { operations } from "../../../shared/api/operations.ts";
import { problems } from "../../../shared/api/problem.ts";
import { toMethodAndPath } from "../../../shared/api/route-table.ts";
import { leaveAudit } from "../../../shared/pipeline/leave-audit.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import {
  type ApiBench,
  type AppUnderTest,
  openApiBench,
  type RawAnswer,
  type RawAsk,
  toPrincipalHeader,
} from "./api-bench.ts";

const own = { "x-icechat": "1" };
const asAdmin = { "x-ms-client-principal": toPrincipalHeader(["Connector.Admin"]) };
const asReader = { "x-ms-client-principal": toPrincipalHeader(["Connector.Reader"]) };
const asNoRole = { "x-ms-client-principal": toPrincipalHeader(["Something.Else"]) };

const problemBody = z.strictObject({
  type: z.string().startsWith("urn:icechat:problem:"),
  title: z.string().min(1),
  status: z.number().int(),
  detail: z.string().min(1),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string().min(1) })).optional(),
});

/** What an answer's problem is called; fails when it is not told as RFC 9457 has it. */
function problemOf({ status, headers, text }: RawAnswer): string {
  assert.equal(headers["content-type"], "application/problem+json", `${status} ${text}`);
  const body = problemBody.parse(JSON.parse(text));
  const name = body.type.replace("urn:icechat:problem:", "");
  const known = new Map(Object.entries<readonly [number, string]>(problems)).get(name);
  assert.deepEqual([body.status, body.title], known);
  assert.equal(body.status, status);
  return name;
}

/** An endpoint's address, its braces filled with what nobody has. */
function toPath(endpoint: EndpointName): string {
  const values: Readonly<Record<string, string>> = {
    name: "nobody",
    drop: "nobody-2026-06-03-1",
    gen: "1",
    kind: "failed",
    which: "current",
    number: "1",
  };
  const [, path] = toMethodAndPath(endpoint);
  return `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, part: string) => values[part] ?? "x")}`;
}

function toAsk(endpoint: EndpointName, headers: Readonly<Record<string, string>>): [path: string, ask: RawAsk] {
  return [toPath(endpoint), { method: toMethodAndPath(endpoint)[0], headers }];
}

let bench: ApiBench;
before(async () => {
  bench = await openApiBench();
});
after(() => bench.release());

describe("the API behind the platform's sign-in", () => {
  let app: AppUnderTest;
  before(async () => {
    app = await bench.start({ WEBSITE_AUTH_ENABLED: "True", PORTAL_DEVELOPMENT_ROLE: "admin" });
  });

  test("says who asks, and never by a header that came twice", async () => {
    const me = await app.call("/api/v1/me", { headers: asReader });
    assert.equal(JSON.parse(me.text).role, "reader");
    const value = asAdmin["x-ms-client-principal"];
    const twice = await app.call("/api/v1/me", { headers: { "x-ms-client-principal": [value, value] } });
    assert.equal(problemOf(twice), "not-signed-in");
  });

  for (const { route } of operations) {
    const { endpoint, role } = route;
    test(`${endpoint} is for ${role}s, and for nobody else`, async () => {
      assert.equal(problemOf(await app.call(...toAsk(endpoint, own))), "not-signed-in");
      assert.equal(problemOf(await app.call(...toAsk(endpoint, { ...own, ...asNoRole }))), "not-allowed");
      const answer = await app.call(...toAsk(endpoint, { ...own, ...asReader }));
      if (role === "admin") assert.equal(problemOf(answer), "not-allowed");
      else
        assert.ok(![401, 403, 405].includes(answer.status) && answer.status < 500, `${answer.status} ${answer.text}`);
    });

    if (endpoints[endpoint].startsWith("GET ")) continue;
    test(`${endpoint} is refused to another site's page, also in an admin's browser`, async () => {
      const foreign = [
        asAdmin,
        { ...asAdmin, ...own, "sec-fetch-site": "cross-site" },
        { ...asAdmin, ...own, origin: "https://evil.example" },
      ];
      for (const headers of foreign)
        assert.equal(problemOf(await app.call(...toAsk(endpoint, headers))), "foreign-origin");
    });

    test(`${endpoint} takes no content that is too large, and none of another kind`, async () => {
      const [path, { method = "" }] = toAsk(endpoint, {});
      const type = route.upload?.contentType ?? "application/json";
      const headers = { ...asAdmin, ...own, "content-type": type };
      const mostBytes = route.upload?.mostBytes ?? 1_000_000;
      const large = await app.call(path, { method, headers, body: Buffer.alloc(mostBytes + 1) });
      assert.equal(problemOf(large), "too-large");
      if (route.body === undefined && route.upload === undefined) return;
      const form = { ...headers, "content-type": "application/x-www-form-urlencoded" };
      assert.equal(problemOf(await app.call(path, { method, headers: form, body: "a=b" })), "wrong-content-type");
    });
  }

  test("answers 405 with Allow, 404 with a problem, HEAD without content, OPTIONS with what there is", async () => {
    const post = await app.call("/api/v1/me", { method: "POST", headers: { ...asAdmin, ...own } });
    assert.deepEqual([problemOf(post), post.headers["allow"]], ["method-not-allowed", "GET, HEAD, OPTIONS"]);
    for (const path of ["/api/v1/nothing", "/api/v1", "/api/v1/%ff", "/api/v1/connectors/a%2fb/c"]) {
      assert.equal(problemOf(await app.call(path, { headers: asAdmin })), "not-found", path);
    }
    const head = await app.call("/api/v1/me", { method: "HEAD", headers: asAdmin });
    assert.deepEqual([head.status, head.text], [200, ""]);
    const options = await app.call("/api/v1/me", { method: "OPTIONS", headers: asAdmin });
    assert.deepEqual([options.status, options.headers["allow"]], [204, "GET, HEAD, OPTIONS"]);
  });

  test("answers also those who are still sending what it does not want", async () => {
    for (let i = 0; i < 3; i += 1) {
      const body = Buffer.alloc(20_000_000);
      const answer = await app.call("/api/v1/me", { method: "POST", headers: { ...asAdmin, ...own }, body });
      assert.equal(problemOf(answer), "method-not-allowed");
    }
    const waiting = { ...asAdmin, ...own, "content-length": "20000000" };
    const answer = await app.call("/api/v1/me", { method: "POST", headers: waiting });
    assert.equal(problemOf(answer), "method-not-allowed");
  });

  test("answers with headers that let a browser do nothing but what it is for", async () => {
    const kinds: [what: string, policy: RegExp, cache: RegExp, answer: RawAnswer][] = [
      ["page", /script-src 'self'; style-src 'self' 'nonce-[\w+/]{22}=='/, /^no-store$/, await app.call("/connectors")],
      ["asset", /^default-src 'none'; frame/, /immutable$/, await app.call("/assets/main-5QFKN3RY.js")],
      ["icon", /^default-src 'none'; frame/, /^no-cache$/, await app.call("/icon.svg")],
      ["no file", /^default-src 'none'; frame/, /^no-store$/, await app.call("/assets/nothing.js")],
      ["no method", /^default-src 'none'; frame/, /^no-store$/, await app.call("/", { method: "POST" })],
      ["JSON", /^default-src 'none'; frame/, /^no-store$/, await app.call("/api/v1/me", { headers: asAdmin })],
      ["file", /^default-src 'none'; frame/, /^no-store$/, await app.call("/api/v1/audit.csv", { headers: asAdmin })],
      [
        "options",
        /^default-src 'none'; frame/,
        /^no-store$/,
        await app.call("/api/v1/me", { method: "OPTIONS", headers: asAdmin }),
      ],
      ["nobody", /^default-src 'none'; frame/, /^no-store$/, await app.call("/api/v1/me")],
      ["other API", /^default-src 'none'; frame/, /^no-store$/, await app.call("/api/v2/me")],
    ];
    for (const [what, policy, cache, { headers }] of kinds) {
      const given = (name: string): string => String(headers[name]);
      assert.match(given("content-security-policy"), policy, what);
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action '"]) {
        assert.ok(given("content-security-policy").includes(part), `${what}: ${part}`);
      }
      assert.ok(!/unsafe|\*|https?:/.test(given("content-security-policy")), what);
      assert.match(given("cache-control"), cache, what);
      assert.equal(given("x-content-type-options"), "nosniff", what);
      assert.equal(given("x-frame-options"), "DENY", what);
      assert.equal(given("referrer-policy"), "no-referrer", what);
      assert.equal(given("cross-origin-opener-policy"), "same-origin", what);
      assert.equal(given("cross-origin-resource-policy"), "same-origin", what);
      assert.match(given("permissions-policy"), /camera=\(\)/, what);
      for (const name of ["set-cookie", "server", "x-powered-by", "access-control-allow-origin"]) {
        assert.equal(headers[name], undefined, `${what}: ${name}`);
      }
    }
  });

  test("makes a nonce for each page that is sent, and names the one that it sent", async () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 5; i += 1) {
      const { headers, text } = await app.call("/");
      const [, nonce = ""] = /nonce="([^"]+)"/.exec(text) ?? [];
      assert.ok(String(headers["content-security-policy"]).includes(`'nonce-${nonce}'`));
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 5);
  });

  test("serves no file but the page's, however the path is written", async () => {
    const paths = [
      "/../main.js",
      "/../../secret.txt",
      "/assets/../../main.js",
      "/assets/..%2f..%2fmain.js",
      "/assets/%2e%2e/%2e%2e/main.js",
      "/..%5c..%5csecret.txt",
      "/%2e%2e%2f%2e%2e%2fsecret.txt",
      "/assets/main-5QFKN3RY.js%00.txt",
      "/assets/main-5QFKN3RY.js.map",
      "//secret.txt",
      "/file:///etc/passwd.txt",
    ];
    for (const path of paths) {
      const answer = await app.call(path);
      assert.equal(answer.status, 404, path);
      assert.equal(problemOf(answer), "not-found", path);
    }
  });

  test("tells nothing of an error that it does not know, neither the caller nor the log", async () => {
    const record: BlobPath = "audit/2020-01-01/2020-01-01T000000Z-x.json";
    await bench.storage.blobs.create(record, Buffer.from('{"marked":"sell everything"}'));
    const answer = await app.call("/api/v1/audit?to=2020-01-01", { headers: asAdmin });
    assert.equal(problemOf(answer), "failed");
    assert.ok(!/marked|sell|audit/.test(answer.text), answer.text);
    const id = String(answer.headers["x-request-id"]);
    assert.ok(answer.text.includes(id));
    const told = app.lines.filter(({ message }) => message.includes(id)).map(({ message }) => message);
    assert.ok(told.some((line) => line.includes('"event":"invocation.failed"') && line.includes("DocumentFault")));
    assert.ok(!app.lines.some(({ message }) => /marked|sell everything/.test(message)));
  });

  test("breaks a download off that it cannot end, so that nobody takes it for whole, and tells why", async () => {
    const early = await app.call("/api/v1/audit.csv?to=2020-01-01", { headers: asAdmin });
    assert.equal(problemOf(early), "failed", "nothing has been sent yet");
    const clock = { now: () => Date.UTC(2019, 0, 1) };
    const asked = { principal: "p", by: "api", action: "a", target: "t", details: { long: "x".repeat(300_000) } };
    await leaveAudit({ blobs: bench.storage.blobs, clock, writer: "w" }, asked);
    const late = app.call("/api/v1/audit.csv?to=2020-01-01", { headers: asAdmin });
    // The host may hear of the failure before it has passed the first piece on: then it says so.
    const end = await late.then(
      ({ status }) => status,
      () => "broken off",
    );
    assert.ok(end === "broken off" || end === 500, String(end));
    const told = app.lines.find(({ message }) => message.includes('"event":"api.broken-off"'));
    assert.match(told?.message ?? "", /DocumentFault/);
  });

  test("counts each call in the log, without what was asked for and by whom", async () => {
    const { headers } = await app.call("/api/v1/audit?limit=7&from=2031-07-09", { headers: asAdmin });
    const events = app.lines.flatMap(({ message }) => {
      const isOurs = message.startsWith("{") && message.includes(String(headers["x-request-id"]));
      return isOurs ? [z.looseObject({ event: z.string() }).parse(JSON.parse(message))] : [];
    });
    const called = events.find(({ event }) => event === "api.called");
    assert.deepEqual([called?.["endpoint"], called?.["status"], called?.["function"]], ["listAudit", 200, "api"]);
    const ended = events.find(({ event }) => event === "invocation.ended");
    assert.equal(ended?.["outcome"], "succeeded");
    const all = app.lines.map(({ message }) => message).join("\n");
    for (const word of ["Jane", "0b6f2a4e-1111", "2031-07-09"]) assert.ok(!all.includes(word), word);
  });

  test("serves its own description, with every endpoint", async () => {
    const { status, text } = await app.call("/api/v1/openapi.json", { headers: asReader });
    assert.equal(status, 200);
    for (const { route } of operations) assert.ok(text.includes(`"operationId":"${route.endpoint}"`), route.endpoint);
  });
});

describe("the API on a laptop", () => {
  let app: AppUnderTest;
  before(async () => {
    app = await bench.start({ PORTAL_DEVELOPMENT_ROLE: "reader" });
  });

  test("takes the machine's own user for what the switch says, whatever a header says", async () => {
    const { text } = await app.call("/api/v1/me", { headers: asAdmin });
    assert.deepEqual(JSON.parse(text), { id: "development:reader", role: "reader", isDevelopment: true });
  });

  test("takes nobody by another name than the machine's own", async () => {
    for (const path of ["/api/v1/me", "//localhost/api/v1/me", "http://localhost/api/v1/me"]) {
      const answer = await app.call(path, { headers: { host: "evil.example" } });
      assert.ok(answer.status === 401 || !answer.text.includes("development"), `${path} ${answer.text}`);
    }
  });

  test("is nobody's without the switch", async () => {
    const plain = await bench.start({});
    assert.equal(problemOf(await plain.call("/api/v1/me", { headers: asAdmin })), "not-signed-in");
  });
});
