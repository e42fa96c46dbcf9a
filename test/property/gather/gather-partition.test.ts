import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { fileId, type MailboxId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { gatherPartition, type RoutedSource } from "../../../shared/gather/gather-partition.ts";
import { toGzipLines } from "../../../shared/store/lines.ts";
import { oid } from "../../contract/directory/directory-contract.ts";

interface Line {
  readonly owners: number[];
  readonly day: number;
  readonly text: string;
}

const line: fc.Arbitrary<Line> = fc.record({
  owners: fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1, maxLength: 4 }),
  day: fc.integer({ min: 1, max: 4 }),
  text: fc.string({ unit: "binary", maxLength: 30 }),
});
const drop = fc.array(fc.array(line, { maxLength: 12 }), { maxLength: 5 });

const mailboxOf = (owner: number): MailboxId => toMailboxId(oid(owner), 0);
const fileOf = (number: number) => fileId.parse(String(number).padStart(20, "0"));
const jsonOf = (one: Line, file: number, n: number): string => JSON.stringify({ file, n, text: one.text });

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function toSources(files: readonly (readonly Line[])[]): RoutedSource[] {
  return files.map((lines, file) => {
    const routed = lines.map(
      (one, n) => `${one.owners.map(mailboxOf).sort().join()}\t2026-06-0${one.day}\t${jsonOf(one, file, n)}`,
    );
    return { file: fileOf(file), gzipped: whole(toGzipLines(routed)) };
  });
}

async function gatherAll(files: readonly (readonly Line[])[], P: number, openLimitInBytes: number) {
  const blobs: [MailboxId, Buffer][] = [];
  const counts: Record<string, { items: number; chatDays: readonly string[] }> = {};
  for (let p = 0; p < P; p++) {
    const request = { routedChunks: toSources(files), p, P, openLimitInBytes };
    const part = await gatherPartition(request, {
      write: async (mailbox, bytes) => {
        blobs.push([mailbox, bytes]);
      },
    });
    Object.assign(counts, part.mailboxes);
  }
  return { blobs, counts };
}

test("every item is in each of its mailboxes' blobs once, by day and in order, and in no other", async () => {
  await fc.assert(
    fc.asyncProperty(
      drop,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 500 }),
      async (files, P, limit) => {
        const { blobs, counts } = await gatherAll(files, P, limit);
        const all = files.flatMap((lines, file) => lines.map((one, n) => ({ one, file, json: jsonOf(one, file, n) })));
        const owners = [...new Set(all.flatMap(({ one }) => one.owners))];
        assert.deepEqual(blobs.map(([mailbox]) => mailbox).sort(), owners.map(mailboxOf).sort());
        for (const owner of owners) {
          const own = all.filter(({ one }) => one.owners.includes(owner)).toSorted((a, b) => a.one.day - b.one.day);
          const expected = own.map(({ one, file, json }) => `${fileOf(file)}\t2026-06-0${one.day}\t${json}\n`).join("");
          const blob = blobs.find(([mailbox]) => mailbox === mailboxOf(owner))?.[1] ?? Buffer.alloc(0);
          assert.equal(gunzipSync(blob).toString(), expected);
          const chatDays = [...new Set(own.map(({ one }) => `2026-06-0${one.day}`))];
          assert.deepEqual(counts[mailboxOf(owner)], { items: own.length, chatDays });
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("the same chunks give the same bytes, so that gathering again changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(drop, async (files) => {
      assert.deepEqual(await gatherAll(files, 2, 200), await gatherAll(files, 2, 200));
    }),
    { numRuns: 20 },
  );
});
