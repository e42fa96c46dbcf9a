import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { importKey, toFileId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { people } from "../../../shared/chat/people.ts";
import { routeChunk } from "../../../shared/map/route-chunk.ts";
import { oid } from "../../contract/directory/directory-contract.ts";

const file = toFileId("a");
const [jane, john] = [toMailboxId(oid(1), 0), toMailboxId(oid(2), 0)];
const key = importKey.parse("k".repeat(43));

function mapped(id: string): unknown {
  return { participant: {}, mailbox: { id, address: "x@y.z", displayName: "X", via: "email" } };
}

/** Persons 0 and 3 share a mailbox, 2 has none; the file numbers them backwards. */
const resolved = people.parse({
  v: 1,
  drop: "acme-2026-06-03-1",
  gen: 1,
  persons: [mapped(john), mapped(jane), { participant: {}, unmapped: "unknown-user" }, mapped(john)],
  files: { [file]: [3, 2, 1, 0] },
});

function line(from: number, to: number[], text = "hi"): string {
  const sentAt = Date.UTC(2026, 5, 3, 23, 59, 59, 999);
  const common = { position: 7, key, conversationId: "c", kind: "message", isHistory: false, sentAt };
  return JSON.stringify({ ...common, from, to, text, attachments: [] });
}

function route(...lines: string[]) {
  const routed = routeChunk(Buffer.from(lines.map((one) => `${one}\n`).join("")), file, resolved);
  const textOf = (gzip: Buffer): string[] => gunzipSync(gzip).toString().split("\n").slice(0, -1);
  return { lines: textOf(routed.lines), index: textOf(routed.index), counts: routed.counts };
}

test("an item goes to the sender's and the recipients' mailboxes, as it is", () => {
  const json = line(2, [3], "a\ttab, a \n line feed and ünï 😀");
  const { lines, index } = route(json);
  assert.deepEqual(lines, [`${jane},${john}\t2026-06-03\t${json}`]);
  assert.deepEqual(index, [`${key},2026-06-03,${file}:7,${jane}`, `${key},2026-06-03,${file}:7,${john}`]);
});

test("a mailbox that sender and recipients share gets an item once", () => {
  const { lines, counts } = route(line(0, [3, 0, 3]));
  assert.equal(lines[0]?.split("\t")[0], john);
  assert.equal(counts.deliveries, 1);
});

test("an item that nobody gets is listed as unmapped and routed nowhere", () => {
  const { lines, index, counts } = route(line(1, [1]));
  assert.deepEqual([lines, index], [[], [`${key},2026-06-03,${file}:7,unmapped`]]);
  assert.deepEqual(counts, {
    items: 1,
    deliveries: 0,
    unmappedItems: 1,
    outOfScopeItems: 0,
    itemsOfUnmapped: { 2: 1 },
  });
});

test("a person without mailbox is counted, though others get the item", () => {
  const { counts } = route(line(1, [2, 0]), line(2, [1]), line(2, [0]));
  assert.deepEqual(counts, {
    items: 3,
    deliveries: 5,
    unmappedItems: 0,
    outOfScopeItems: 0,
    itemsOfUnmapped: { 2: 2 },
  });
});

test("an item of somebody whom nobody resolved stops the routing", () => {
  assert.throws(() => route(line(4, [])), /has no participant 4/);
  assert.throws(() => routeChunk(Buffer.from(line(0, [])), toFileId("other"), resolved), /were not resolved/);
  assert.throws(() => route("{}"));
});
