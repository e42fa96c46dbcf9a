import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { toGzipLines } from "../../../shared/store/lines.ts";
import { evil, startTestPage } from "./blob-page-fixture.ts";

const megabyte = 1024 * 1024;
const key = "dofRD7u9UXlOpt_RHA19XFhW8IkxdsNS-rhfLe3io28";
const at = "2026-06-03T09:15:30.123Z";

test("a state document or report is shown as indented JSON, escaped, with size and time", async (t) => {
  const { put, blob } = await startTestPage(t);
  await put("reports/drop/d/1.json", JSON.stringify({ revision: 1, value: { drop: "d", reason: evil } }));
  const page = await blob("reports/drop/d/1.json");
  assert.match(
    page,
    /<pre>\{\n {2}&quot;revision&quot;: 1,\n {2}&quot;value&quot;: \{\n {4}&quot;drop&quot;: &quot;d&quot;/,
  );
  assert.match(page, /&lt;script&gt;/);
  assert.doesNotMatch(page, /<script|<img/);
  assert.match(page, /<dt>Size<\/dt><dd>\d+ B<\/dd><dt>Last written<\/dt><dd>2026-06-03 09:15:30 UTC<\/dd>/);
});

test("gzipped JSON Lines are unzipped, the first 200 of them, whatever the blob is called", async (t) => {
  const { put, blob } = await startTestPage(t);
  const lines = Array.from({ length: 300 }, (_, n) => JSON.stringify({ n, text: evil }));
  await put("work/d/1/m.0.gz", toGzipLines(lines));
  await put("reports/result/d/1/m.0", toGzipLines(lines.slice(0, 200)));
  const long = await blob("work/d/1/m.0.gz");
  assert.equal(long.match(/<code>/g)?.length, 200);
  assert.match(long, /<code>\{&quot;n&quot;:199,&quot;text&quot;:&quot;&lt;script/);
  assert.doesNotMatch(long, /<script|<img/);
  assert.match(long, /these are the first 200 lines/);
  const whole = await blob("reports/result/d/1/m.0");
  assert.equal(whole.match(/<code>/g)?.length, 200);
  assert.doesNotMatch(whole, /There is more/);
});

test("several gzips behind one another are shown as one", async (t) => {
  const { put, blob } = await startTestPage(t);
  await put("work/d/1/m.0.gz", Buffer.concat([toGzipLines(["one"]), toGzipLines(["two"])]));
  assert.match(await blob("work/d/1/m.0.gz"), /<code>one<\/code>.*<code>two<\/code>/);
});

test("of a gzip that unzips to far more than it is no more is unzipped than shown, a megabyte", async (t) => {
  const { put, blob } = await startTestPage(t);
  // Whoever unzipped all of it would come to the wrong checksum at its end.
  const gzip = gzipSync(Buffer.alloc(16 * megabyte, "x"));
  await put("work/d/1/m.0.gz", gzip.fill(0, gzip.length - 8));
  const page = await blob("work/d/1/m.0.gz");
  assert.ok(page.length < megabyte + 4_000, `${page.length}`);
  assert.match(page, /There is more/);
});

test("a gzip that is cut off or damaged is said to be, with the lines before; one that is none is shown as bytes", async (t) => {
  const { put, blob } = await startTestPage(t);
  const gzip = toGzipLines(toRandomLines(150));
  await put("work/d/1/cut.gz", gzip.subarray(0, gzip.length - 400));
  const wrongChecksum = Buffer.from(gzip).fill(0, gzip.length - 8);
  await put("work/d/1/bad.gz", wrongChecksum);
  await put("work/d/1/none.gz", Buffer.from([0x1f, 0x8b, 0xff, 0xff, 0xff]));
  const cut = await blob("work/d/1/cut.gz");
  assert.match(cut, /<code>line 0 .*<code>line 140 /);
  assert.doesNotMatch(cut, /line 149 /);
  assert.match(cut, /The gzip is damaged: these lines stand before the damage\./);
  assert.match(await blob("work/d/1/bad.gz"), /<code>line 0 .*The gzip is damaged: /s);
  assert.match(await blob("work/d/1/none.gz"), /00000000 {2}1f 8b ff ff ff/);
});

/** Lines that a gzip can hardly make smaller. */
function toRandomLines(count: number): string[] {
  let seed = 1;
  const next = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed.toString(36);
  };
  return Array.from({ length: count }, (_, n) => `line ${n} ${Array.from({ length: 40 }, next).join("")}`);
}

test("of a large gzip the first megabyte is read, and its beginning shown without complaint", async (t) => {
  const { put, blob, read } = await startTestPage(t);
  const gzip = toGzipLines(toRandomLines(12_000));
  assert.ok(gzip.length > 1.2 * megabyte, `${gzip.length}`);
  await put("chats/d/f/00000.gz", gzip);
  const page = await blob("chats/d/f/00000.gz");
  assert.equal(read.bytes, megabyte);
  assert.match(page, /these are the first 200 lines/);
  assert.doesNotMatch(page, /damaged/);
});

test("a ledger's log is a table that says what each line means", async (t) => {
  const { blobs, blob } = await startTestPage(t);
  const path = "ledger/2026-06-03/m.0/0001.log";
  const from = `acme-2026-06-03-1/1\t${"0".repeat(20)}:7`;
  const lines = [
    "B\tworker-1\t0",
    "F\tworker-1\t4",
    `I\t${key}\t${at}\tnew`,
    `R\t${key}\timported+found\tAQMk=\t${at}\t${from}`,
    `X\t${key}\tno-mailbox\t${at}\t${from}`,
    "E\t2",
    `Z\t${evil}`,
  ];
  await blobs.createAppendable(path);
  await blobs.append(path, Buffer.from(`${lines.join("\n")}\n`), 0);
  const page = await blob(path);
  const rows = page.split("<tbody>")[1]?.split("</tr>") ?? [];
  const says = [
    /B <span class="soft">batch<.*append 0 by <code>worker-1</,
    /F <span class="soft">fence<.*slice 4, from now on by <code>worker-1<\/code> alone/,
    /I <span class="soft">intent<.*2026-06-03 09:15:30<.*<code>dofRD7.*about to be created/,
    /R <span class="soft">receipt<.*imported, found: <code>AQMk=<.*from acme-2026-06-03-1\/1, <code>0{20}:7</,
    /X <span class="soft">failed<.*no-mailbox/,
    /E <span class="soft">end<.*goes on in file 2/,
    /no ledger line<.*<code>Z\t&lt;script/,
  ];
  for (const [n, pattern] of says.entries()) assert.match(rows[n] ?? "", pattern);
  assert.equal(rows.length, lines.length + 1);
  for (const letter of "BFIRXE") assert.match(page, new RegExp(`<dt>${letter}</dt><dd>[^<]{10,}`));
  assert.match(page, /<dt>Appended<\/dt><dd>1 times<\/dd>/);
  assert.doesNotMatch(page, /<script|<img/);
});

test("of a long log the first megabyte's whole lines are shown", async (t) => {
  const { put, blob, read } = await startTestPage(t);
  await put("ledger/2026-06-03/m.0/0001.log", `I\t${key}\t${at}\tnew\n`.repeat(16_000));
  const page = await blob("ledger/2026-06-03/m.0/0001.log");
  assert.equal(read.bytes, megabyte);
  assert.doesNotMatch(page, /no ledger line/);
  assert.match(page, /these are its first 1\.0 MB/);
});

test("text is shown as text, as it is, with its first megabyte at most", async (t) => {
  const { put, blob, read } = await startTestPage(t);
  await put("state/mapping/acme", `ImId,Mailbox\r\nann,ann@example.com\r\n${evil}`);
  assert.match(await blob("state/mapping/acme"), /<pre>ImId,Mailbox\r?\nann,ann@example\.com\r?\n&lt;script&gt;/);
  // Signs of two bytes, of which the megabyte's end cuts one in two.
  await put("drops/d/f", `x${"é".repeat(megabyte)}`);
  read.bytes = 0;
  const long = await blob("drops/d/f");
  assert.equal(read.bytes, megabyte);
  assert.match(long, /<pre>xé+<\/pre>/);
  assert.match(long, /these are the first 1\.0 MB/);
});

test("a drop file is shown as it came, be it JSON or a gzip", async (t) => {
  const { put, blob } = await startTestPage(t);
  await put("drops/d/json", `{"a":1,"a":2}`);
  await put("drops/d/gzip", toGzipLines(["one"]));
  assert.match(await blob("drops/d/json"), /<pre>\{&quot;a&quot;:1,&quot;a&quot;:2\}<\/pre>/);
  assert.match(await blob("drops/d/gzip"), /00000000 {2}1f 8b 08/);
});

test("JSON nested so deep that indenting would blow it up, and JSON cut off, are shown as text", async (t) => {
  const { put, blob } = await startTestPage(t);
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  await put("state/file/deep", deep);
  assert.ok((await blob("state/file/deep")).includes(`<pre>${deep}</pre>`));
  await put("people/d/1.json", JSON.stringify(["x".repeat(megabyte)]));
  assert.match(await blob("people/d/1.json"), /<h2>Text<\/h2>.*<pre>\[&quot;xx/s);
});

test("anything else is shown as its first bytes", async (t) => {
  const { put, blob } = await startTestPage(t);
  await put("drops/d/attachments/a", Buffer.concat([Buffer.from("PK\x03\x04<b>"), Buffer.alloc(3_000, 0xff)]));
  const page = await blob("drops/d/attachments/a");
  assert.match(page, /00000000 {2}50 4b 03 04 3c 62 3e ff( ff){8} {2}PK\.\.&lt;b&gt;\.{9}\n00000010/);
  assert.match(page, /these are the first 1\.0 KB/);
  assert.doesNotMatch(page, /00000400/);
});

test("an empty blob is said to be empty", async (t) => {
  const { put, blob } = await startTestPage(t);
  await put("state/lock/m.0", "");
  assert.match(await blob("state/lock/m.0"), /This blob is empty\./);
});

test("of evidence only facts are shown, and nothing is read", async (t) => {
  const { put, blob, read } = await startTestPage(t);
  const time = Date.UTC(2026, 5, 3, 1, 30);
  const path = `evidence/ACME01/2026-06-03/51812b42f59db299b2064018-9-${time}` as const;
  await put(path, "the words");
  const page = await blob(path);
  assert.match(page, /<dt>Site day<\/dt><dd>2026-06-03<\/dd><dt>Time on the site<\/dt><dd>2026-06-03 01:30:00 UTC</);
  assert.doesNotMatch(page, /the words/);
  assert.equal(read.bytes, 0);
});
