import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import type { DropScope } from "../../../shared/chat/drop-scope.ts";
import {
  chatDay,
  dropId,
  type FileId,
  type ImportKey,
  importKey,
  type MailboxId,
  toFileId,
  toMailboxId,
} from "../../../shared/chat/identifiers.ts";
import { MailboxEpochs } from "../../../shared/directory/mailbox-epochs.ts";
import { Ledger, LedgerWriter } from "../../../shared/import/ledger.ts";
import { type ItemLine, toGeneration, toSource } from "../../../shared/import/ledger-line.ts";
import { toIndexLines } from "../../../shared/map/index-lines.ts";
import { listMisrouted } from "../../../shared/pipeline/misrouted.ts";
import { toGzipLines } from "../../../shared/store/lines.ts";
import { paths } from "../../../shared/store/paths.ts";
import { oid } from "../../contract/directory/directory-contract.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const drop = dropId.parse("acme-2026-06-04-1");
const day = chatDay.parse("2026-06-03");
const keyOf = (n: number): ImportKey => importKey.parse(createHash("sha256").update(`${n}`).digest("base64url"));
const files: readonly FileId[] = ["a", "b", "c"].map((name) => toFileId(name));
const fileOf = (n: number): FileId => files[n] ?? toFileId("none");
const mailboxOf = (n: number): MailboxId => toMailboxId(oid(n % 3), n < 3 ? 0 : 1);

/** An item of a generation: which, in which file, and for whom. */
const row = fc.record({
  item: fc.nat({ max: 6 }),
  file: fc.nat({ max: 2 }),
  to: fc.oneof(
    { weight: 5, arbitrary: fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom("unmapped" as const, "out-of-scope" as const) },
  ),
});
const generation = fc.record({
  rows: fc.array(row, { minLength: 4, maxLength: 12 }),
  /** Which files it opened, and in chunks of how many items it cut them. */
  opened: fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([0, 1, 2]) },
    fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1 }),
  ),
  cut: fc.integer({ min: 1, max: 4 }),
});
type Generation = { rows: { item: number; file: number; to: number[] | string }[]; opened: number[]; cut: number };
const scope = fc.option(
  fc.oneof(
    fc.record({ type: fc.constant("mailboxes" as const), users: fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1 }) }),
    fc.record({ type: fc.constant("items" as const), items: fc.uniqueArray(fc.nat({ max: 6 }), { minLength: 1 }) }),
  ),
  { nil: undefined, freq: 1 },
);
const world = fc.record({
  generations: fc.array(generation, { minLength: 2, maxLength: 4 }),
  scope,
  /** What the ledger says of each item and mailbox: receipt, doubt, failed, nothing. */
  ledger: fc.array(fc.constantFrom("R", "R", "R", "I", "X", ""), { minLength: 42, maxLength: 42 }),
  /** Which epoch each user's mailbox is in. */
  epochs: fc.array(fc.nat({ max: 1 }), { minLength: 3, maxLength: 3 }),
  heldAtOnce: fc.integer({ min: 3, max: 12 }),
});

async function writeIndex(blobs: MemoryBlobs, gen: number, { rows, opened, cut }: Generation): Promise<void> {
  for (const n of opened) {
    const file = fileOf(n);
    const lines = rows.filter((one) => one.file === n);
    for (let chunk = 0; chunk * cut < Math.max(1, lines.length); chunk += 1) {
      const inChunk = lines.slice(chunk * cut, (chunk + 1) * cut).flatMap(({ item, to }, at) => {
        const target = Array.isArray(to) ? to.map(mailboxOf).sort() : to === "unmapped" ? to : "out-of-scope";
        return toIndexLines({ key: keyOf(item), chatDay: day, file, position: chunk * cut + at }, target);
      });
      await blobs.create(paths.index(drop, gen, file, chunk), toGzipLines(inChunk));
    }
  }
}

function toLine(kind: string, key: ImportKey): ItemLine[] {
  const of = { key, at: 0, generation: toGeneration(drop, 1), source: toSource(fileOf(0), 0) };
  if (kind === "I") return [{ type: "I", key, at: 0, flag: "new" }];
  if (kind === "X") return [{ type: "X", ...of, reason: "refused" }];
  return kind === "R" ? [{ type: "R", ...of, outcome: "imported", marks: [], graphId: "g" }] : [];
}

async function writeLedger(blobs: MemoryBlobs, ledger: readonly string[]): Promise<void> {
  for (let n = 0; n < 6; n += 1) {
    const lines = Array.from({ length: 7 }, (_, item) => toLine(ledger[n * 7 + item] ?? "", keyOf(item))).flat();
    if (lines.length === 0) continue;
    const opened = await Ledger.read({ blobs, blocksPerFile: 100 }, day, mailboxOf(n));
    await opened.append(new LedgerWriter("w", 0), lines);
  }
}

async function writeEpochs(blobs: MemoryBlobs, epochs: readonly number[]): Promise<void> {
  const known = new MailboxEpochs({ blobs, log: createRecordingLog(), writer: { writer: "w" } });
  for (const [user, epoch] of epochs.entries()) {
    await known.seen(oid(user), "first");
    if (epoch === 1) await known.seen(oid(user), "second");
  }
}

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

function toScope({ scope: given }: World): DropScope | undefined {
  if (given === undefined) return undefined;
  if (given.type === "mailboxes") return { type: "mailboxes", mailboxes: given.users.map(mailboxOf) };
  return { type: "items", keys: given.items.map(keyOf), files: [...files] };
}

/** Item and mailbox numbers, by the words of the rule, one by one. */
function expectedOf({ generations, scope: given, ledger, epochs }: World): string[] {
  const now: Generation = generations.at(-1) ?? { rows: [], opened: [], cut: 1 };
  const rowsOf = ({ rows, opened }: Generation) => rows.filter(({ file }) => opened.includes(file));
  const before = generations.slice(0, -1).flatMap(rowsOf);
  const expected: string[] = [];
  for (let item = 0; item < 7; item += 1) {
    const ofItem = rowsOf(now).filter((one) => one.item === item);
    const isElsewhere = before.some((one) => one.item === item && !now.opened.includes(one.file));
    if (ofItem.length === 0 || isElsewhere || (given?.type === "items" && !given.items.includes(item))) continue;
    for (let n = 0; n < 6; n += 1) {
      const user = n % 3;
      const wasNamed = before.some((one) => one.item === item && Array.isArray(one.to) && one.to.includes(n));
      const isNamed = ofItem.some(({ to }) => Array.isArray(to) && to.some((other) => other % 3 === user));
      const isLeft = given?.type === "mailboxes" && !given.users.includes(user);
      const isThere = ["R", "I"].includes(ledger[n * 7 + item] ?? "") && epochs[user] === (n < 3 ? 0 : 1);
      if (wasNamed && !isNamed && !isLeft && isThere) expected.push(`${keyOf(item)} ${mailboxOf(n)}`);
    }
  }
  return expected.toSorted();
}

test("whatever the generations, however they were cut, and in however many passes: listed is what lies where it is not meant to, once", async (t) => {
  let listedInAll = 0;
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const blobs = new MemoryBlobs();
      for (const [at, one] of given.generations.entries()) await writeIndex(blobs, at + 1, one);
      await writeLedger(blobs, given.ledger);
      await writeEpochs(blobs, given.epochs);
      const gen = given.generations.length;
      const found: string[] = [];
      for await (const { key, mailbox } of listMisrouted(blobs, drop, gen, toScope(given), given.heldAtOnce)) {
        found.push(`${key} ${mailbox}`);
      }
      listedInAll += found.length;
      assert.deepEqual(found.toSorted(), expectedOf(given));
    }),
    { numRuns: 60 },
  );
  t.diagnostic(`${listedInAll} listed in 60 worlds`);
  assert.ok(listedInAll > 30);
});
