import assert from "node:assert/strict";
import { test } from "node:test";
import { listLevel } from "../../../local/blob-page/list-level.ts";
import { startBlobPage } from "../../../local/blob-page/start-blob-page.ts";
import type { BlobEntry, BlobPath } from "../../../shared/store/blobs.ts";
import { containers } from "../../../shared/store/paths.ts";
import { StorageFault } from "../../../shared/store/storage-fault.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { askAs, evil, follow, startTestPage, toLinks } from "./blob-page-fixture.ts";

test("every container is listed with what is in it, how much, and whether it holds plaintext", async (t) => {
  const { open, put } = await startTestPage(t);
  await put("ledger/2026-06-03/m.0/0001.log", "");
  await put("ledger/2026-06-03/m.0/0002.log", "");
  const { text } = await open("/");
  const rows = text.split("<tr>").slice(2);
  assert.deepEqual(toLinks(text), Object.keys(containers));
  for (const [at, { holdsPlaintext }] of Object.values(containers).entries()) {
    const row = rows[at] ?? "";
    assert.match(row, /<td class="words">[A-Z][^<]{20,}\./);
    assert.equal(row.includes("plaintext, for some days only"), holdsPlaintext, row);
  }
  assert.match(rows.find((row) => row.includes(">ledger<")) ?? "", /<td class="number">2<\/td>/);
  assert.match(rows.find((row) => row.includes(">drops<")) ?? "", /<td class="number">0<\/td>/);
});

test("one gets from the containers through the folders, one level at a time, to a blob and back", async (t) => {
  const fixture = await startTestPage(t);
  await fixture.put("state/run/acme-2026-06-03-1/1/m.0", `{"state":"done"}`);
  await fixture.put("state/run/acme-2026-06-03-1/2/m.0", `{"state":"pending"}`);
  await fixture.put("state/open/acme-2026-06-03-1", "{}");
  const state = await follow(fixture, (await fixture.open("/")).text, "state");
  assert.deepEqual(toLinks(state).slice(1), ["open/", "run/"]);
  assert.match(state, /How far each mailbox run is\./);
  const drops = await follow(fixture, state, "run/");
  assert.match(drops, /2026-06-03 09:15:30<\/td><td class="number">2<\/td><td class="number">35 B<\/td>/);
  const run = await follow(fixture, await follow(fixture, drops, "acme-2026-06-03-1/"), "2/");
  const blob = await follow(fixture, run, "m.0");
  assert.match(blob, /&quot;state&quot;: &quot;pending&quot;/);
  assert.deepEqual(toLinks(await follow(fixture, blob, "state")).slice(1), ["open/", "run/"]);
});

test("a blob and a folder of the same name stand side by side", async (t) => {
  const { put, folder } = await startTestPage(t);
  for (const path of ["drops/d/a", "drops/d/a-1", "drops/d/a/x", "drops/d/a/y", "drops/d/ab"] as const) {
    await put(path, "");
  }
  assert.deepEqual(toLinks(await folder("drops/d/")).slice(2), ["a", "a-1", "a/", "ab"]);
});

test("a folder comes in pages, and no more of it is read than a page takes", async (t) => {
  const fixture = await startTestPage(t);
  for (let at = 0; at < 450; at += 1) await fixture.put(`work/d/1/${String(at).padStart(4, "0")}.gz`, "");
  const first = await fixture.folder("work/d/1/");
  assert.ok(fixture.read.entries <= 103, `${fixture.read.entries} entries read`);
  assert.deepEqual(toLinks(first).slice(3), [...Array.from({ length: 100 }, (_, at) => `${toName(at)}`), "Next"]);
  const last = await fixture.folder("work/d/1/", { page: "5" });
  assert.deepEqual(toLinks(last).slice(3), [...Array.from({ length: 50 }, (_, at) => toName(400 + at)), "Previous"]);
  assert.ok(toLinks(await follow(fixture, first, "Next")).includes(toName(100)));
  assert.match(await fixture.folder("work/d/1/", { page: "6" }), /Nothing more lies here\./);
  assert.match(await fixture.folder("work/d/1/", { page: "-1" }), /0000\.gz/);
});

function toName(at: number): string {
  return `${String(at).padStart(4, "0")}.gz`;
}

test("how names begin can be said, and stays so from page to page", async (t) => {
  const fixture = await startTestPage(t);
  for (let at = 0; at < 210; at += 1) await fixture.put(`work/d/1/a${String(at).padStart(3, "0")}`, "");
  await fixture.put("work/d/1/b", "");
  assert.match(await fixture.folder("work/d/1/"), /<form method="get" action="\/folder">/);
  assert.deepEqual(toLinks(await fixture.folder("work/d/1/", { starts: "b" })).slice(3), ["b"]);
  const second = await follow(fixture, await fixture.folder("work/d/1/", { starts: "a" }), "Next");
  const third = await follow(fixture, second, "Next");
  assert.equal(toLinks(third).filter((link) => link.startsWith("a")).length, 10);
  assert.ok(!toLinks(third).includes("b"));
});

test("a listing without end is left after 20,000 blobs, and the page says so", async (t) => {
  let listed = 0;
  const blobs = Object.assign(new MemoryBlobs(), {
    list: async function* (prefix: BlobPath): AsyncGenerator<BlobEntry> {
      for (;;) {
        listed += 1;
        yield { path: `${prefix}big/${listed}`, sizeInBytes: 1, etag: "", modifiedAt: 0 };
      }
    },
  });
  const page = await startBlobPage({ blobs });
  t.after(() => page.close());
  const text = await (await fetch(`${page.url}/folder?in=routed/`)).text();
  assert.equal(listed, 20_001);
  assert.match(text, /only the first 20,000 blobs were looked at/);
  assert.match(text, /<td class="number">over 20,000<\/td>/);
  assert.match(text, /<form /);
  listed = 0;
  assert.match(await (await fetch(page.url)).text(), /<td class="number">over 1,000<\/td>/);
  assert.ok(listed <= 12 * 1_001, `${listed} listed`);
});

test("a listing that ends just at the limit is whole", async () => {
  const blobs = new MemoryBlobs();
  for (const name of ["a", "b", "c"]) await blobs.create(`drops/${name}`, Buffer.alloc(0));
  const query = { prefix: "drops/", starts: "", skip: 0, take: 10 } as const;
  assert.equal((await listLevel(blobs, query, 3)).isCut, false);
  assert.equal((await listLevel(blobs, query, 2)).isCut, true);
  assert.equal((await listLevel(blobs, { ...query, take: 3 }, 3)).hasNext, false);
  assert.equal((await listLevel(blobs, { ...query, take: 2 }, 3)).hasNext, true);
});

test("names and questions cannot become part of a page", async (t) => {
  const { put, open } = await startTestPage(t);
  await put(`state/dead/${evil}/1.json`, "{}");
  await put(`state/dead/${evil}`, evil);
  for (const path of [
    `/folder?in=${encodeURIComponent("state/dead/")}`,
    `/folder?in=${encodeURIComponent(`state/dead/${evil}/`)}`,
    `/folder?in=state/dead/&starts=${encodeURIComponent(evil)}`,
    `/blob?at=${encodeURIComponent(`state/dead/${evil}`)}`,
  ]) {
    const { status, text, headers } = await open(path);
    assert.equal(status, 200, path);
    assert.match(text, /&lt;script&gt;/);
    assert.doesNotMatch(text, /<script|<img/);
    assert.equal(
      headers.get("content-security-policy"),
      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("what is not there and what is no place of the connector's is 404", async (t) => {
  const { open, put } = await startTestPage(t);
  for (const path of ["state/open/d", "state/../secrets/x", "state/./open/d"] as const) await put(path, "{}");
  const paths = ["/nothing", "/folder", "/folder?in=state", "/folder?in=secrets/", "/folder?in=state/open/d", "/blob"];
  const blobs = ["state/open/", "state/open/none", "state/../secrets/x", "constructor/x", "/x", "state/./open/d"];
  for (const path of [...paths, ...blobs.map((at) => `/blob?at=${at}`), "/blob?at=%zz"]) {
    assert.equal((await open(path)).status, 404, path);
  }
  assert.match((await open("/folder?in=audit/")).text, /Nothing lies here\./);
});

test("what would change something and another host's name are refused", async (t) => {
  const { url } = await startTestPage(t);
  for (const method of ["POST", "PUT", "DELETE"]) assert.equal((await fetch(url, { method })).status, 405);
  assert.equal(await askAs(url, "evil.example"), 421);
  assert.equal(await askAs(url, "localhost.evil.example:80"), 421);
  assert.equal(await askAs(url, "127.0.0.1:80"), 200);
  const head = await fetch(url, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  assert.match(await (await fetch(`${url}/style.css`)).text(), /prefers-color-scheme: dark/);
});

test("a storage that does not answer is said to be it", async (t) => {
  const fail = () => Promise.reject(new StorageFault("look at", "state/x", new Error("gone")));
  const page = await startBlobPage({ blobs: Object.assign(new MemoryBlobs(), { head: fail }) });
  t.after(() => page.close());
  const response = await fetch(`${page.url}/blob?at=state/x`);
  assert.equal(response.status, 502);
  assert.match(await response.text(), /^Storage: look at state\/x failed/);
});
