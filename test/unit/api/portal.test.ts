import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import type { HttpAnswer } from "../../../shared/api/http-message.ts";
import { type AnswerPage, createPortal } from "../../../shared/api/portal.ts";
import { textOf, toAsk } from "./ask.ts";

const script = "export const words = 1;\n".repeat(100);

describe("the page's files", () => {
  let folder = "";
  let answerPage: AnswerPage;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "portal-"));
    const portal = join(folder, "portal");
    await mkdir(join(portal, "assets"), { recursive: true });
    await writeFile(join(folder, "main.js"), "the app's own code");
    await writeFile(join(portal, "index.html"), '<style nonce="{{nonce}}"></style><meta content="{{nonce}}">');
    await writeFile(join(portal, "assets", "main-5QFKN3RY.js"), script);
    await writeFile(join(portal, "assets", "main-5QFKN3RY.js.map"), "{}");
    await writeFile(join(portal, "assets", "packed-5QFKN3RZ.js.br"), brotliCompressSync(script));
    await writeFile(join(portal, "icon.svg"), "<svg/>");
    answerPage = createPortal(portal);
  });
  after(() => rm(folder, { recursive: true }));

  const nonces = ["n1", "n2"];
  let made = 0;
  const get = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<HttpAnswer> =>
    answerPage(toAsk(`${method} ${path}`, headers), () => nonces[made++ % 2] ?? "");
  const statusOf = async (path: string): Promise<number> => (await get(path)).status;

  test("come with their type; those that are named by their content are kept for good", async () => {
    const answer = await get("/assets/main-5QFKN3RY.js");
    const { status, headers } = answer;
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "text/javascript; charset=utf-8");
    assert.match(headers["cache-control"] ?? "", /immutable/);
    assert.equal(textOf(answer), script);
    const icon = await get("/icon.svg");
    assert.deepEqual([icon.headers["content-type"], icon.headers["cache-control"]], ["image/svg+xml", "no-cache"]);
  });

  test("that lie there packed come as they lie, and unpacked to who does not take them so, under the plain name only", async () => {
    const path = "/assets/packed-5QFKN3RZ.js";
    const packed = await get(path, { "accept-encoding": "br" });
    assert.deepEqual(
      [packed.headers["content-encoding"], packed.headers["content-type"]],
      ["br", "text/javascript; charset=utf-8"],
    );
    assert.deepEqual(packed.content, brotliCompressSync(script));
    const plain = await get(path);
    assert.deepEqual([plain.headers["content-encoding"], plain.headers["vary"]], [undefined, "accept-encoding"]);
    assert.match(plain.headers["cache-control"] ?? "", /immutable/);
    assert.equal(textOf(plain), script);
    assert.equal(await statusOf(`${path}.br`), 404);
  });

  test("come packed where that is taken and pays", async () => {
    const { headers, content } = await get("/assets/main-5QFKN3RY.js", { "accept-encoding": "gzip, deflate, br" });
    assert.deepEqual([headers["content-encoding"], headers["vary"]], ["br", "accept-encoding"]);
    assert.ok(content instanceof Uint8Array);
    assert.equal(brotliDecompressSync(content).toString(), script);
    for (const accepted of ["gzip", "brotli", "br;q=0", ""]) {
      const plain = await get("/assets/main-5QFKN3RY.js", { "accept-encoding": accepted });
      assert.equal(plain.headers["content-encoding"], undefined, accepted);
    }
    assert.equal((await get("/icon.svg", { "accept-encoding": "br" })).headers["content-encoding"], undefined);
  });

  test("are not sent again to whoever has them", async () => {
    const etag = (await get("/icon.svg")).headers["etag"] ?? "";
    const again = await get("/icon.svg", { "if-none-match": etag });
    assert.deepEqual([again.status, again.content], [304, undefined]);
  });

  test("are index.html for every path of the page, each time with a nonce of its own, and not kept", async () => {
    for (const path of ["/", "/connectors", "/drops/acme-2026-06-03-1/2", "/index.html"]) {
      const answer = await get(path);
      const { status, headers, content } = answer;
      const [, nonce = ""] = /nonce="(\w+)"/.exec(textOf(answer)) ?? [];
      assert.equal(status, 200, path);
      assert.equal(content, `<style nonce="${nonce}"></style><meta content="${nonce}">`);
      assert.ok(headers["content-security-policy"]?.includes(`style-src 'self' 'nonce-${nonce}'`));
      assert.equal(headers["cache-control"], "no-store");
    }
    assert.notEqual((await get("/")).content, (await get("/")).content);
  });

  test("are no others, however the path is written", async () => {
    const paths = [
      "/../main.js",
      "/assets/../../main.js",
      "/assets/..%2f..%2fmain.js",
      "/assets/%2e%2e/%2e%2e/main.js",
      "/..%5cmain.js",
      "/assets\\..\\..\\main.js",
      "//main.js",
      "/assets/main-5QFKN3RY.js%00.svg",
      "/assets/nothing.js",
      "/assets/main-5QFKN3RY.js.map",
      "/ASSETS/MAIN-5QFKN3RY.JS",
      "/etc/passwd.txt",
      "/%00",
      "/drops%2facme",
      "/a.js",
      "/a.js/",
      "/.git/config",
      "/drops//",
      "/caf%C3%A9",
    ];
    for (const path of paths) assert.equal(await statusOf(path), 404, path);
  });

  test("are nothing below the paths of the host, the platform and the API", async () => {
    for (const path of ["/api", "/api/", "/api/v2/me", "/API/x", "/.auth/me", "/runtime/webhooks", "/admin/host"]) {
      const { status, headers } = await get(path);
      assert.deepEqual([status, headers["content-type"]], [404, "application/problem+json"], path);
    }
    assert.equal(await statusOf("/apis"), 200);
  });

  test("are read and no more", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const { status, headers } = await get("/", {}, method);
      assert.deepEqual([status, headers["allow"]], [405, "GET, HEAD, OPTIONS"]);
    }
    assert.equal((await get("/", {}, "OPTIONS")).status, 204);
    for (const path of ["/", "/icon.svg"]) {
      const { status, content } = await get(path, {}, "HEAD");
      assert.deepEqual([status, content], [200, undefined]);
    }
  });
});

test("a page that was not built is told as that, and looked for again", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "portal-"));
  t.after(() => rm(folder, { recursive: true }));
  const answerPage = createPortal(join(folder, "portal"));
  const missing = await answerPage(toAsk("GET /"), () => "n");
  assert.equal(missing.status, 503);
  assert.match(textOf(missing), /npm run build/);
  await mkdir(join(folder, "portal"));
  await writeFile(join(folder, "portal", "index.html"), "it is there");
  assert.equal((await answerPage(toAsk("GET /"), () => "n")).content, "it is there");
});
