import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CastMember, Entry, Script } from "../../../local/sample/sample-types.ts";
import { othersPresent } from "../../../local/sample/script-builder.ts";
import { actiance } from "../../../local/sample/write-actiance.ts";
import { flatCsv as csvWriter } from "../../../local/sample/write-flat-csv.ts";
import { type ChatLine, chatLine, folded, type Participant } from "../../../shared/chat/chat-item.ts";
import { feedId } from "../../../shared/chat/identifiers.ts";
import { importKeyRule } from "../../../shared/chat/import-key.ts";
import { filedumpActiance } from "../../../shared/parse/filedump-actiance.ts";
import { flatCsv } from "../../../shared/parse/flat-csv.ts";
import type { Profile } from "../../../shared/parse/profile.ts";
import { type RosterLine, rosterLine } from "../../../shared/parse/roster-line.ts";
import { scanRecords } from "../../../shared/parse/scan-records.ts";
import { toChatLines } from "../../../shared/parse/to-chat-lines.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import { contextWith, inPieces, outcomeOf } from "../../contract/parse/parsing.ts";

const start = Date.UTC(2026, 5, 3, 6);

/** Text that XML 1.0 has characters for, with what gives parsers trouble; line ends as XML leaves them. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("<", "&", "]]>", '"', '""', ",", ";", "\n", "🙂", "e\u0301", "\ufeff"),
      fc.string({ unit: "binary", maxLength: 6 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) =>
    parts
      .join("")
      .toWellFormed()
      .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ""),
  );

const members: readonly CastMember[] = ["ann", "ben", "cleo", "dora"].map((name, i) => ({
  kind: "mail",
  spellings: [name, name.toUpperCase()],
  ...(i === 3 ? {} : { email: `${name}@acme.example` }),
  displayName: name,
  firm: "Acme",
  isInside: true,
}));
const member = fc.constantFrom(...members);
const minute = fc.nat({ max: 600 });

const entry = (unit: Script["unit"]) =>
  fc.record({ by: member, text, minute, ms: unit === "s" ? fc.constant(0) : fc.nat({ max: 999 }), id: fc.boolean() });

/** A conversation in which each has come once or twice, or only speaks. */
const script = fc.constantFrom("s" as const, "ms" as const).chain((unit) =>
  fc
    .record({
      id: fc.constantFrom("gas 7", 'oil "&" <co>', "日本"),
      layout: fc.constantFrom("by-time" as const, "joins-first" as const),
      stays: fc.array(fc.record({ member, from: minute, length: minute }), { maxLength: 5 }),
      entries: fc.array(entry(unit), { minLength: 1, maxLength: 12 }),
      namesEmailsOnly: fc.constant(false),
    })
    .map((given): Script => {
      const at = (minutes: number, ms = 0) => start + minutes * 60_000 + ms;
      const stays = given.stays.map(({ member, from, length }) => ({ member, from: at(from), to: at(from + length) }));
      const entries = given.entries.map(({ by, text, minute, ms, id }, i): Entry => {
        const when = at(minute, ms);
        return {
          kind: "message",
          at: when,
          writtenAt: when,
          by,
          text,
          ...(id ? { messageId: `m${i}` } : {}),
          isRepeat: false,
        };
      });
      const silent = members
        .filter((one) => !stays.some(({ member }) => member === one))
        .flatMap((member) => spoken(member, entries));
      return {
        ...given,
        perspective: "x",
        startsAt: start - 60_000,
        endsAt: at(1_300),
        unit,
        stays: joined(stays),
        silentStays: silent,
        entries,
      };
    }),
);

function spoken(member: CastMember, entries: readonly Entry[]): Script["silentStays"][number][] {
  const times = entries.filter(({ by }) => by === member).map(({ at }) => at);
  return times.length === 0 ? [] : [{ member, from: Math.min(...times), to: Math.max(...times) }];
}

/** Stays of one person that touch or overlap are one stay: an export could not tell them apart. */
function joined(stays: Script["stays"]): Script["stays"] {
  const merged: { member: CastMember; from: number; to: number }[] = [];
  for (const stay of stays.toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0))) {
    const before = merged.findLast(({ member }) => member === stay.member);
    if (before !== undefined && (stay.from ?? 0) <= before.to + 60_000) before.to = Math.max(before.to, stay.to ?? 0);
    else merged.push({ member: stay.member, from: stay.from ?? 0, to: stay.to ?? 0 });
  }
  return merged;
}

const formats = [
  {
    name: "filedump-actiance",
    profile: filedumpActiance,
    write: (scripts: Script[]) => [...actiance.write(scripts)].join(""),
  },
  { name: "flat-csv", profile: flatCsv, write: (scripts: Script[]) => [...csvWriter.write(scripts)].join("") },
] as const;

/** Both passes over a file that is cut at these places. */
async function linesOf(
  profile: Profile,
  bytes: Buffer,
  places: readonly number[],
): Promise<{ lines: ChatLine[]; people: readonly Participant[] }> {
  const ends = places.map((place) => place % bytes.length).toSorted((a, b) => a - b);
  const records = () => profile.parse(inPieces(bytes, ...ends), contextWith());
  const rosters: RosterLine[] = [];
  const scan = await scanRecords(
    records(),
    { roster: (line) => void rosters.push(rosterLine.parse(JSON.parse(JSON.stringify(line)))) },
    1000,
  );
  const pass = {
    feed: feedId.parse("ACME01"),
    ruleFor: () => importKeyRule,
    participants: scan.participants,
    rosters: listed(rosters),
  };
  const lines: ChatLine[] = [];
  for await (const line of toChatLines(records(), pass)) lines.push(chatLine.parse(line));
  assert.equal(lines.length, scan.items);
  return { lines, people: scan.participants };
}

async function* listed<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

/** What an item must say, and of whom. */
function expectedOf(script: Script): string[] {
  return script.entries.map((entry) => {
    const to = othersPresent(script, entry.at, entry.by).map(({ spellings }) => spellings[0]);
    return describe(entry.by.spellings[0], to, entry.at, entry.text, entry.messageId);
  });
}

function describe(from: string, to: readonly string[], at: number, text: string, id: string | undefined): string {
  return JSON.stringify([folded(from), to.map(folded).toSorted(), at, id ?? null, text]);
}

for (const { name, profile, write } of formats) {
  test(`what our own writer of ${name} has written is read as it was, wherever the bytes are cut`, async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.array(fc.nat(), { maxLength: 6 }), async (played, places) => {
        const bytes = Buffer.from(write([played]));
        const whole = await linesOf(profile, bytes, []);
        const found = whole.lines.map((line) => {
          const nameOf = (number: number) => whole.people[number]?.imId ?? whole.people[number]?.email ?? "";
          return describe(nameOf(line.from), line.to.map(nameOf), line.sentAt, line.text, line.messageId);
        });
        assert.deepEqual(found.toSorted(), expectedOf(played).toSorted());
        assert.deepEqual(await linesOf(profile, bytes, places), whole);
      }),
      { numRuns: 60 },
    );
  });
}

test("a filedump that is cut, at any byte, is truncated and never taken", async () => {
  await fc.assert(
    fc.asyncProperty(script, fc.nat(), async (played, place) => {
      const bytes = Buffer.from(formats[0].write([played]).trimEnd());
      const { error } = await outcomeOf(filedumpActiance, bytes.subarray(0, place % bytes.length));
      assert.ok(error instanceof UnparsableFile && error.isTruncated, String(error));
    }),
    { numRuns: 200 },
  );
});
