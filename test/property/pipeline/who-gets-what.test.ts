import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { participant } from "../../../shared/chat/chat-item.ts";
import { type DropScope, toScopeFilter } from "../../../shared/chat/drop-scope.ts";
import { dropId, type FileId, importKey, mailboxId, toFileId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { gatherPartition } from "../../../shared/gather/gather-partition.ts";
import type { Finding } from "../../../shared/map/address-book.ts";
import { countIndex, listIndexed } from "../../../shared/map/index-lines.ts";
import { parseMapping } from "../../../shared/map/mapping.ts";
import { resolvePeople } from "../../../shared/map/resolve-people.ts";
import { type RoutedChunk, routeChunk } from "../../../shared/map/route-chunk.ts";
import { readLines } from "../../../shared/store/lines.ts";
import { oid } from "../../contract/directory/directory-contract.ts";

const drop = dropId.parse("acme-2026-06-04-1");
const files: readonly FileId[] = ["a", "b", "c"].map((name) => toFileId(name)).sort();
const addresses = [
  "u0@x.example",
  "u1@x.example",
  "u2@x.example",
  "alias-of-u2@x.example",
  "nobody@x.example",
  "no address",
];
const headCount = 6;

/** What the directory says: three users, one of them under two addresses. */
function toFinding(address: string): Finding {
  const n = addresses.indexOf(address);
  if (n < 0 || n > 3) return "unknown-user";
  return { id: toMailboxId(oid(Math.min(n, 2)), 0), address, displayName: `U${n}` };
}

const person = fc.record({
  imId: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
  email: fc.option(fc.nat({ max: addresses.length - 1 }), { nil: undefined }),
});
const item = fc.record({
  /** Some items are the same, in one file or in several. */
  key: fc.nat({ max: 12 }),
  from: fc.nat({ max: headCount - 1 }),
  to: fc.array(fc.nat({ max: headCount - 1 }), { maxLength: 4 }),
  day: fc.nat({ max: 2 }),
  text: fc.string({ unit: "binary", maxLength: 8 }),
});
const world = fc.record({
  people: fc.array(fc.array(person, { minLength: headCount, maxLength: headCount }), { minLength: 3, maxLength: 3 }),
  items: fc.array(fc.array(item, { maxLength: 8 }), { minLength: 3, maxLength: 3 }),
  /** For each ImId the address that the mapping names, if it names the ImId. */
  mapping: fc.array(fc.option(fc.nat({ max: 4 }), { nil: undefined }), { minLength: 5, maxLength: 5 }),
  isAutomatic: fc.boolean(),
  cut: fc.integer({ min: 1, max: 5 }),
  P: fc.integer({ min: 1, max: 3 }),
  scope: fc.oneof(
    fc.constant(undefined),
    fc.record({ users: fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1 }) }),
    fc.record({ keys: fc.uniqueArray(fc.nat({ max: 12 }), { minLength: 1 }) }),
  ),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const keyOf = (n: number) => importKey.parse(createHash("sha256").update(`${n}`).digest("base64url"));

function toScope({ scope }: World): DropScope | undefined {
  if (scope === undefined) return undefined;
  if ("users" in scope) return { type: "mailboxes", mailboxes: scope.users.map((user) => toMailboxId(oid(user), 0)) };
  return { type: "items", keys: scope.keys.map(keyOf), files: [...files] };
}

function toChunks({ items, cut }: World): { file: FileId; lines: string[] }[] {
  return items.flatMap((ofFile, n) => {
    const file = files[n];
    assert.ok(file !== undefined);
    const lines = ofFile.map(({ key, from, to, day, text }, position) => {
      const usual = { conversationId: "c", kind: "message", isHistory: false, attachments: [] };
      return JSON.stringify({
        position,
        key: keyOf(key),
        ...usual,
        sentAt: Date.UTC(2026, 5, 1 + day),
        from,
        to,
        text,
      });
    });
    const chunks = Math.ceil(lines.length / cut);
    return Array.from({ length: chunks }, (_, at) => ({ file, lines: lines.slice(at * cut, (at + 1) * cut) }));
  });
}

async function resolve({ people, mapping, isAutomatic }: World, isBackwards: boolean) {
  const lines = mapping.flatMap((address, n) => (address === undefined ? [] : [`im${n},${addresses[address]}`]));
  const parsed = await parseMapping([Buffer.from(["ImId,Mailbox", ...lines].join("\n"))]);
  assert.ok(parsed.isValid);
  const read = people.map((ofFile, n) => {
    const file = files[n];
    assert.ok(file !== undefined);
    const participants = ofFile.map(({ imId, email }) =>
      participant.parse({
        ...(imId === undefined ? {} : { imId: `im${imId}` }),
        ...(email === undefined ? {} : { email: addresses[email] }),
      }),
    );
    return { file, participants };
  });
  const findMailbox = async (address: string): Promise<Finding> => {
    if (isBackwards) for (let n = address.length; n < 24; n += 1) await Promise.resolve();
    return toFinding(address);
  };
  const request = { drop, gen: 2, files: isBackwards ? read.toReversed() : read, mapping: parsed.mapping, isAutomatic };
  return (await resolvePeople({ findMailbox }, request)).people;
}

interface Mapped {
  readonly chunks: readonly (RoutedChunk & { readonly file: FileId; readonly lines: Buffer })[];
  readonly work: ReadonlyMap<string, Buffer>;
  readonly counted: number;
}

/** The way from people and chunks to work lists. */
async function map(given: World, scope: DropScope | undefined, isBackwards = false): Promise<Mapped> {
  const people = await resolve(given, isBackwards);
  const chunks = toChunks(given).map(({ file, lines }) => ({
    file,
    ...routeChunk(Buffer.from(`${lines.join("\n")}\n`), file, people, toScopeFilter(scope)),
  }));
  const work = new Map<string, Buffer>();
  let counted = 0;
  for (let p = 0; p < given.P; p += 1) {
    const routedChunks = chunks.map(({ file, lines }) => ({ file, gzipped: only(lines) }));
    const part = await gatherPartition(
      { routedChunks, p, P: given.P },
      {
        write: async (mailbox, bytes) => {
          assert.ok(!work.has(mailbox), "a mailbox has two work lists");
          work.set(mailbox, bytes);
        },
      },
    );
    for (const { items } of Object.values(part.mailboxes)) counted += items;
  }
  return { chunks, work, counted };
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const textLines = (gzip: Buffer): string[] => gunzipSync(gzip).toString().split("\n").slice(0, -1);

/** `source mailbox`, or `source word`, in the order of the index. */
function promised({ chunks }: Mapped): string[] {
  return chunks.flatMap(({ index }) => textLines(index)).map((line) => line.split(",").slice(2).join(" "));
}

test("whoever the people are, whatever the mapping and the scope: index, routed lines, work lists and counts add up, each mailbox has an item once", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const mapped = await map(given, toScope(given));
      const sum = { items: 0, deliveries: 0, unmapped: 0, outOfScope: 0 };
      const indexed: string[] = [];
      for (const { index, lines, counts } of mapped.chunks) {
        const count = await countIndex(readLines(only(index)));
        const { items, deliveries, unmappedItems: unmapped, outOfScopeItems: outOfScope } = counts;
        assert.deepEqual(count, { items, deliveries, unmapped, outOfScope });
        assert.equal(textLines(lines).length, items - unmapped - outOfScope);
        for (const name of ["items", "deliveries", "unmapped", "outOfScope"] as const) sum[name] += count[name];
        for await (const { source, mailboxes } of listIndexed(readLines(only(index)))) {
          indexed.push(...mailboxes.map((mailbox) => `${source} ${mailbox}`));
        }
      }
      assert.equal(sum.items, given.items.flat().length);
      assert.equal(new Set(indexed).size, indexed.length);
      assert.deepEqual([indexed.length, mapped.counted], [sum.deliveries, sum.deliveries]);
      const worked = [...mapped.work].flatMap(([mailbox, bytes]) =>
        textLines(bytes).map((line) => {
          const [file, , ...json] = line.split("\t");
          const { position }: { position: number } = JSON.parse(json.join("\t"));
          return `${file}:${position} ${mailbox}`;
        }),
      );
      assert.deepEqual(worked.toSorted(), indexed.toSorted());
    }),
    { numRuns: 60 },
  );
});

test("a scope takes away and adds nothing: what it has is what the whole has, and all else is out of scope", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const filter = toScopeFilter(toScope(given));
      const keys = new Map(given.items.flatMap((of, n) => of.map(({ key }, at) => [`${files[n]}:${at}`, keyOf(key)])));
      const [whole, part] = [promised(await map(given, undefined)), promised(await map(given, toScope(given)))];
      assert.ok(!whole.some((line) => line.endsWith("out-of-scope")));
      const kept = whole.filter((line) => {
        const [source = "", to = ""] = line.split(" ");
        const key = keys.get(source);
        assert.ok(key !== undefined);
        return filter.hasItem(key) && (to === "unmapped" || filter.hasMailbox(mailboxId.parse(to)));
      });
      assert.deepEqual(
        part.filter((line) => !line.endsWith("out-of-scope")),
        kept,
      );
      const sources = (lines: string[]) => [...new Set(lines.map((line) => line.split(" ")[0]))];
      assert.deepEqual(sources(part), sources(whole));
    }),
    { numRuns: 60 },
  );
});

test("the same drop gives the same bytes, in whatever order the files and the directory's answers come", async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const [one, other] = [await map(given, toScope(given)), await map(given, toScope(given), true)];
      assert.deepEqual(one, other);
    }),
    { numRuns: 40 },
  );
});
