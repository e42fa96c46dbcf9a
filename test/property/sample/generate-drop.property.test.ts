import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { generateDrop, type SampleDrop } from "../../../local/sample/generate-drop.ts";
import type { SampleOptions } from "../../../local/sample/sample-options.ts";
import { itemsOf, readCsv, readXml } from "../../unit/sample/chat-file.ts";
import { readSample } from "../../unit/sample/read-sample.ts";

const options = fc.record<Partial<SampleOptions>>({
  messages: fc.integer({ min: 1, max: 900 }),
  users: fc.integer({ min: 1, max: 60 }),
  seed: fc.string({ maxLength: 12 }),
  format: fc.constantFrom("filedump-actiance" as const, "flat-csv" as const),
  zone: fc.constantFrom("UTC", "Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"),
  day: fc.constantFrom("2026-06-03", "2026-03-29", "2026-11-01", "2028-02-29"),
});

async function hashOf({ files, mapping, directory }: SampleDrop): Promise<string> {
  const hash = createHash("sha256").update(mapping).update(JSON.stringify(directory));
  for (const file of files) {
    hash.update(`${file.name} ${file.modifiedAt} `);
    for await (const piece of file.open()) hash.update(piece);
  }
  return hash.digest("hex");
}

test("equal options give equal bytes, another seed gives others", async () => {
  await fc.assert(
    fc.asyncProperty(options, async (given) => {
      const hash = await hashOf(generateDrop(given));
      assert.equal(await hashOf(generateDrop(given)), hash);
      assert.notEqual(await hashOf(generateDrop({ ...given, seed: `${given.seed}'` })), hash);
    }),
    { numRuns: 15 },
  );
});

test("files can be read, and hold as many items as were asked for and are expected", async () => {
  await fc.assert(
    fc.asyncProperty(options, async (given) => {
      const drop = generateDrop(given);
      let items = 0;
      for (const file of drop.files) {
        const { text } = await readSample(file);
        items += drop.options.format === "flat-csv" ? readCsv(text).length : itemsOf(readXml(text)).length;
      }
      assert.equal(items, given.messages);
      assert.equal(drop.expected.summary().items, given.messages);
    }),
    { numRuns: 30 },
  );
});

test("the expected figures agree with each other", () => {
  fc.assert(
    fc.property(options, (given) => {
      const { expected, directory } = generateDrop(given);
      const { equation, mailboxes, unmappedItems } = expected.summary();
      const { available, imported, partial, skipped, failed } = equation;
      assert.equal(available, imported + partial + skipped + failed);
      const byMailbox = expected.mailboxes();
      assert.deepEqual([...byMailbox.keys()].toSorted(), [...mailboxes.keys()].toSorted());
      for (const [user, items] of byMailbox) assert.equal(items.length, mailboxes.get(user)?.count);
      assert.equal([...byMailbox.values()].flat().length, imported + partial);
      assert.equal([...expected.items()].filter((item) => item.mailboxes.length === 0).length, unmappedItems);
      const usable = new Set(directory.filter(({ mailbox }) => mailbox === "ok").map(({ id }) => id));
      assert.ok([...byMailbox.keys()].every((user) => usable.has(user)));
    }),
    { numRuns: 40 },
  );
});

test("the mailboxes of some users are the same as those in all", () => {
  fc.assert(
    fc.property(options, (given) => {
      const { expected } = generateDrop(given);
      const all = expected.mailboxes();
      const some = new Set([...all.keys()].filter((_, i) => i % 3 === 0));
      assert.deepEqual(expected.mailboxes(some), new Map([...some].map((user) => [user, all.get(user)])));
    }),
    { numRuns: 10 },
  );
});

test("no two items with ids have conversation, id, kind and time in common", () => {
  fc.assert(
    fc.property(options, (given) => {
      const { expected } = generateDrop(given);
      const ids = [...expected.items()]
        .filter(({ isRepeat, messageId }) => !isRepeat && messageId !== undefined)
        .map(({ conversationId, messageId, kind, sentAt }) => `${conversationId} ${messageId} ${kind} ${sentAt}`);
      assert.equal(new Set(ids).size, ids.length);
    }),
    { numRuns: 20 },
  );
});
