import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Bench, openBench } from "./host-under-test.ts";

suite("HTTP triggers", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
  });
  after(() => bench.release());

  test("hand over route, query and body and answer with status, headers, cookies and body", async (t) => {
    const { host } = await bench.start(t);
    const response = await fetch(`http://127.0.0.1:${host.httpPort}/api/greet/Ann%20B?q=a%26b`, {
      method: "POST",
      body: "hello",
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get("x-greeting"), "yes");
    assert.match(response.headers.getSetCookie()[0] ?? "", /^seen=1; HttpOnly; SameSite=strict$/i);
    assert.deepEqual(await response.json(), { name: "Ann B", query: "a&b", body: "hello" });
  });

  test("answer 404 to another method or path and 500 to a function that fails", async (t) => {
    const { host } = await bench.start(t);
    const statusOf = async (path: string, method = "GET"): Promise<number> =>
      (await fetch(`http://127.0.0.1:${host.httpPort}${path}`, { method })).status;
    assert.equal(await statusOf("/api/greet/ann", "DELETE"), 404);
    assert.equal(await statusOf("/api/greet"), 404);
    assert.equal(await statusOf("/greet/ann"), 404);
    assert.equal(await statusOf("/api/fail"), 500);
  });

  test("leave out a function whose route belongs to the host, and start the others", async (t) => {
    const { host } = await bench.start(t);
    const error = "The specified route conflicts with one or more built in routes.";
    assert.deepEqual(host.inError, [{ name: "reserved", error }]);
    assert.ok(host.functions.includes("greet"));
    const response = await fetch(`http://127.0.0.1:${host.httpPort}/admin/secret`);
    assert.equal(response.status, 404);
  });
});

suite("HTTP triggers of an app that streams", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench("app/streaming.ts");
  });
  after(() => bench.release());

  test("take a body in pieces and answer in pieces", async (t) => {
    const { host } = await bench.start(t);
    const base = `http://127.0.0.1:${host.httpPort}/api`;
    const put = await fetch(`${base}/measure/a/b?q=1`, { method: "PUT", body: Buffer.alloc(20_000_000, 1) });
    assert.deepEqual(await put.json(), { bytes: 20_000_000, path: "a/b", q: "1" });
    const counted = await fetch(`${base}/count/2000`);
    assert.equal(counted.headers.get("content-type"), "text/plain");
    assert.equal((await counted.text()).trim().split("\n").length, 2_000);
    const { worker } = await host.memory();
    assert.ok(worker.peakInBytes < 200_000_000, `the worker grew to ${worker.peakInBytes} bytes`);
  });

  test("answer 500 when the function fails, and go on", async (t) => {
    const { host } = await bench.start(t);
    const base = `http://127.0.0.1:${host.httpPort}/api`;
    assert.equal((await fetch(`${base}/fail`)).status, 500);
    assert.equal(await (await fetch(`${base}/count/1`)).text(), "1\n");
  });
});
