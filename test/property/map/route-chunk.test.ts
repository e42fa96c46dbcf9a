import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { toFileId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { type People, people } from "../../../shared/chat/people.ts";
import { routeChunk } from "../../../shared/map/route-chunk.ts";
import { oid } from "../../contract/directory/directory-contract.ts";

const file = toFileId("a");
const headCount = 6;
const participantNumber = fc.nat({ max: headCount - 1 });
const item = fc.record({
  from: participantNumber,
  to: fc.array(participantNumber, { maxLength: 8 }),
  sentAt: fc.integer({ min: 0, max: 4e12 }),
  text: fc.string({ unit: "binary", maxLength: 20 }),
});

/** Which mailbox (of three) each participant has, if any. */
const world = fc.array(fc.option(fc.nat({ max: 2 }), { nil: undefined }), {
  minLength: headCount,
  maxLength: headCount,
});

function toPeople(owners: readonly (number | undefined)[]): People {
  const persons = owners.map((owner) =>
    owner === undefined
      ? { participant: {}, unmapped: "no-address" }
      : { participant: {}, mailbox: { id: toMailboxId(oid(owner), 0), address: "a", displayName: "b", via: "email" } },
  );
  const numbers = owners.map((_, number) => number);
  return people.parse({ v: 1, drop: "acme-2026-06-03-1", gen: 1, persons, files: { [file]: numbers } });
}

type Given = { from: number; to: number[]; sentAt: number; text: string };

function toLine(given: Given, position: number): string {
  const key = String(position).padStart(43, "k");
  const common = { position, key, conversationId: "c", kind: "message", isHistory: false, attachments: [] };
  return JSON.stringify({ ...common, ...given });
}

function route(items: readonly Given[], owners: readonly (number | undefined)[]) {
  const { lines, index, counts } = routeChunk(Buffer.from(items.map(toLine).join("\n")), file, toPeople(owners));
  const rows = (gzip: Buffer): string[] => gunzipSync(gzip).toString().split("\n").slice(0, -1);
  return { lines: rows(lines).map((row) => row.split("\t")), index: rows(index).map((row) => row.split(",")), counts };
}

test("nothing is lost and nothing doubled: each item goes once to each mailbox of its people, or is listed as unmapped", () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 20 }), world, (items, owners) => {
      const { lines, index, counts } = route(items, owners);
      const expected = items.map(({ from, to }) => new Set([from, ...to].flatMap((one) => owners[one] ?? [])));
      const routed = new Map(lines.map(([mailboxes, , ...json]) => [json.join("\t"), mailboxes?.split(",") ?? []]));
      assert.equal(routed.size, lines.length);
      for (const [position, given] of items.entries()) {
        const wanted = [...(expected[position] ?? [])].map((owner) => toMailboxId(oid(owner), 0)).sort();
        assert.deepEqual(routed.get(toLine(given, position)) ?? [], wanted);
        const listed = index.filter(([, , place]) => place === `${file}:${position}`).map((row) => row[3]);
        assert.deepEqual(listed, wanted.length === 0 ? ["unmapped"] : wanted);
      }
      assert.equal(counts.items, items.length);
      assert.equal(
        counts.deliveries,
        expected.reduce((sum, one) => sum + one.size, 0),
      );
      assert.equal(counts.unmappedItems, expected.filter((one) => one.size === 0).length);
    }),
  );
});

test("the order of an item's people makes no difference", () => {
  const shuffled = item.chain((one) =>
    fc.tuple(fc.constant(one), fc.shuffledSubarray(one.to, { minLength: one.to.length })),
  );
  fc.assert(
    fc.property(shuffled, world, ([one, to], owners) => {
      const [a, b] = [route([one], owners), route([{ ...one, to }], owners)];
      assert.deepEqual(a.lines[0]?.slice(0, 2), b.lines[0]?.slice(0, 2));
      assert.deepEqual([a.index, a.counts], [b.index, b.counts]);
    }),
  );
});
