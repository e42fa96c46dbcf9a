import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { ParseContext, Profile } from "../../../shared/parse/profile.ts";
import { detectProfile, profiles } from "../../../shared/parse/profiles.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import { contextWith, inPieces, type Outcome, outcomeOf } from "./parsing.ts";

/** Formats whose files do not say where they end: cut after a record, or inside the last field, they look complete. */
const endsInvisibly = new Set(["flat-csv"]);

/** Every word of the fixtures' chats holds this mark; no error may. */
const mark = /zq/i;

const folder = new URL("../../fixtures/parse/", import.meta.url);

interface Fixture {
  readonly name: string;
  readonly bytes: Buffer;
  readonly context: ParseContext;
  readonly records: unknown;
}

function fixturesOf(profile: Profile): Fixture[] {
  const home = new URL(`${profile.name}/`, folder);
  const names = readdirSync(home).filter((name) => !name.endsWith(".expected.json"));
  return names.map((name) => {
    const expected = JSON.parse(readFileSync(new URL(name.replace(/\.[^.]+$/, ".expected.json"), home), "utf8"));
    const context = contextWith(expected.beside, expected.context);
    return { name, bytes: readFileSync(new URL(name, home)), context, records: expected.records };
  });
}

function assertStructureOnly(error: unknown): void {
  assert.ok(error instanceof UnparsableFile, `not an UnparsableFile: ${error instanceof Error ? error.stack : error}`);
  assert.doesNotMatch(`${error.message} ${error.path} ${error.stack}`.replaceAll(import.meta.url, ""), mark);
  assert.equal(error.cause, undefined);
}

for (const profile of profiles) {
  describe(`profile ${profile.name}`, () => {
    const fixtures = fixturesOf(profile);

    test("has fixtures", () => assert.ok(fixtures.length > 0));

    for (const { name, bytes, context, records } of fixtures) {
      test(`${name}: yields the expected records`, async () => {
        assert.deepEqual(await outcomeOf(profile, bytes, context), { records });
      });

      test(`${name}: is detected by its beginning`, () => {
        assert.equal(detectProfile(bytes, context.fieldNames).name, profile.name);
      });

      test(`${name}: yields the same wherever the bytes are cut`, async () => {
        for (let cut = 0; cut <= bytes.length; cut += 1) {
          assert.deepEqual(await outcomeOf(profile, inPieces(bytes, cut), context), { records }, `cut at ${cut}`);
        }
        const ends = Array.from(bytes, (_, i) => i + 1);
        assert.deepEqual(await outcomeOf(profile, inPieces(bytes, ...ends), context), { records }, "byte by byte");
      });

      test(`${name}: a truncated file is an error, or shows all that is before the cut`, async () => {
        const whole = await outcomeOf(profile, bytes, context);
        for (let length = 0; length < bytes.length; length += 1) {
          const cut = await outcomeOf(profile, bytes.subarray(0, length), context);
          if (cut.error === undefined) assertNothingMissing(profile, cut, whole, length);
          else assertTruncation(profile, cut.error, length);
        }
      });

      test(`${name}: any damaged byte ends in an error that tells no content, or in records`, async () => {
        for (let at = 0; at < bytes.length; at += 1) {
          const damaged = Buffer.from(bytes);
          damaged[at] = [0x3c, 0x26, 0x22, 0x0a, 0x00, 0xff, 0x2c][at % 7] ?? 0;
          const { error } = await outcomeOf(profile, damaged, context);
          if (error !== undefined) assertStructureOnly(error);
        }
      });

      test(`${name}: reports a damaged byte alike wherever the bytes are cut`, async () => {
        for (let at = 0; at < bytes.length; at += 7) {
          const damaged = Buffer.from(bytes);
          damaged[at] = at % 2 === 0 ? 0x3c : 0xff;
          const whole = await outcomeOf(profile, damaged, context);
          const cut = await outcomeOf(profile, inPieces(damaged, at >> 1, at, at + 1), context);
          assert.deepEqual(comparable(cut), comparable(whole), `damaged at ${at}`);
        }
      });

      test(`${name}: lets the consumer stop and then reads no more`, async () => {
        const source = countedPieces(bytes);
        for await (const record of profile.parse(source.pieces, context)) {
          assert.equal(record.type, "item");
          break;
        }
        assert.equal(source.isClosed(), true);
        assert.ok(source.taken() <= 2);
      });

      test(`${name}: hands on what its source throws`, async () => {
        const broken = new Error("the line went dead");
        const { error } = await outcomeOf(profile, failingAfter(bytes.subarray(0, 100), broken), context);
        assert.equal(error, broken);
      });
    }
  });
}

function assertTruncation(profile: Profile, error: unknown, length: number): void {
  assertStructureOnly(error);
  if (endsInvisibly.has(profile.name)) return;
  assert.ok(error instanceof UnparsableFile && error.isTruncated, `${length} bytes: ${error}`);
}

/** Without an error a file must be whole; where its end is not to be seen, only what begins behind the cut may be missing. */
function assertNothingMissing(profile: Profile, cut: Outcome, whole: Outcome, length: number): void {
  if (!endsInvisibly.has(profile.name)) {
    assert.deepEqual(cut.records, whole.records, `${length} bytes`);
    return;
  }
  const before = whole.records.filter((record) => record.type === "item" && record.item.offset < length - 2);
  assert.ok(cut.records.length >= before.length, `${length} bytes: ${cut.records.length} of ${before.length} records`);
  assert.deepEqual(
    cut.records.slice(0, -1),
    whole.records.slice(0, Math.max(0, cut.records.length - 1)),
    `${length} bytes`,
  );
}

function comparable({ records, error }: Outcome): unknown {
  const told = error instanceof UnparsableFile ? [error.reason, error.offset, error.path, error.message] : error;
  return { records, told };
}

/** The file and then a thousand pieces of space, which every format takes at its end. */
function countedPieces(bytes: Uint8Array) {
  let [taken, isClosed] = [0, false];
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (taken = 1; taken <= 1000; taken += 1) yield taken === 1 ? bytes : Buffer.alloc(2048, "\n");
    } finally {
      isClosed = true;
    }
  }
  return { pieces: pieces(), taken: () => taken, isClosed: () => isClosed };
}

async function* failingAfter(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw error;
}
