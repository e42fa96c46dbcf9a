import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChatLine, ParsedItem, ParsedRecord } from "../../../shared/chat/chat-item.ts";
import { chatLine } from "../../../shared/chat/chat-item.ts";
import { feedId, imId } from "../../../shared/chat/identifiers.ts";
import { importKeyRule, toImportKey } from "../../../shared/chat/import-key.ts";
import { filedumpActiance } from "../../../shared/parse/filedump-actiance.ts";
import { flatCsv } from "../../../shared/parse/flat-csv.ts";
import { type RosterLine, rosterLine } from "../../../shared/parse/roster-line.ts";
import { type Scan, scanRecords } from "../../../shared/parse/scan-records.ts";
import { toChatLines } from "../../../shared/parse/to-chat-lines.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import { contextWith, inPieces } from "../../contract/parse/parsing.ts";

const feed = feedId.parse("ACME01");

interface Passes {
  readonly scan: Scan;
  readonly rosters: readonly RosterLine[];
  readonly lines: readonly ChatLine[];
}

/** Both passes; the sidecar goes through JSON as it does on its way through a blob. */
async function passesOver(records: () => AsyncIterable<ParsedRecord>): Promise<Passes> {
  const sidecar: string[] = [];
  const scan = await scanRecords(records(), { roster: (line) => void sidecar.push(JSON.stringify(line)) }, 1000);
  const rosters = sidecar.map((line) => rosterLine.parse(JSON.parse(line)));
  const lines: ChatLine[] = [];
  for await (const line of toChatLines(records(), passFor(scan, rosters))) lines.push(chatLine.parse(line));
  return { scan, rosters, lines };
}

function passFor({ participants }: Pick<Scan, "participants">, rosters: readonly RosterLine[]) {
  return { feed, ruleFor: () => importKeyRule, participants, rosters: listed(rosters) };
}

async function* listed<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

const parsedXml = (text: string) => () => filedumpActiance.parse(inPieces(Buffer.from(text)), contextWith());
const parsedCsv = (text: string) => () => flatCsv.parse(inPieces(Buffer.from(text)), contextWith());

const move = (name: string, who: string, at: number, email = "") =>
  `<Participant${name}><LoginName>${who}</LoginName><DateTimeUTC>${at}</DateTimeUTC><CorporateEmailID>${email}</CorporateEmailID></Participant${name}>`;
const say = (who: string, at: number, text = "x") =>
  `<Message><LoginName>${who}</LoginName><DateTimeUTC>${at}</DateTimeUTC><Content>${text}</Content></Message>`;
const room = (id: string, events: string) => `<Conversation><RoomID>${id}</RoomID>${events}</Conversation>`;
const t = 1780491900;

describe("a filedump", () => {
  const desk = room(
    "desk",
    say("ann", t + 10) +
      move("Entered", "Ann", t, "ann@contoso.com") +
      move("Entered", "bob", t + 20) +
      say("ann", t + 30) +
      say("eve", t + 30) +
      move("Left", "bob", t + 40) +
      say("ann", t + 50),
  );
  const text = `<FileDump>${desk}${room("empty", "")}${room("other", say("bob", t))}</FileDump>`;

  test("tells who got each item, by time and not by position", async () => {
    const { scan, lines } = await passesOver(parsedXml(text));
    const name = (i: number) => scan.participants[i]?.imId;
    assert.deepEqual(
      lines.map(({ from, to, conversationId }) => [conversationId, name(from), to.map(name)]),
      [
        ["desk", "Ann", []],
        ["desk", "Ann", ["bob", "eve"]],
        ["desk", "eve", ["Ann", "bob"]],
        ["desk", "Ann", []],
        ["other", "bob", []],
      ],
    );
  });

  test("describes a sender by all that the conversation tells of them, even later on", async () => {
    const { scan, lines } = await passesOver(parsedXml(text));
    assert.deepEqual(scan.participants[lines[0]?.from ?? -1], { imId: "Ann", email: "ann@contoso.com" });
    assert.deepEqual(
      scan.participants.map(({ imId }) => imId),
      ["Ann", "eve", "bob"],
    );
  });

  test("is counted and dated by the scan", async () => {
    const { scan, rosters } = await passesOver(parsedXml(text));
    assert.deepEqual([scan.items, scan.firstSentAt, scan.lastSentAt], [5, t * 1000, (t + 50) * 1000]);
    assert.equal(rosters.length, 3);
  });

  test("counts identical items within a conversation, and a room that is sent again has the same keys", async () => {
    const twice = say("ann", t, "ok") + say("ann", t, "ok");
    const { lines } = await passesOver(parsedXml(`<FileDump>${room("r", twice)}${room("r", twice)}</FileDump>`));
    const [first, second, third, fourth] = lines.map(({ key }) => key);
    assert.notEqual(first, second);
    assert.deepEqual([third, fourth], [first, second]);
  });

  test("gives the keys that the rule gives", async () => {
    const { lines } = await passesOver(parsedXml(text));
    const item: ParsedItem = {
      ...{ position: 0, offset: 0, conversationId: "desk", kind: "message", isHistory: false, sentAt: (t + 10) * 1000 },
      ...{ sender: { imId: imId.parse("ann") }, recipients: "present", text: "x", attachments: [] },
    };
    assert.equal(lines[0]?.key, toImportKey(importKeyRule, feed, item, 1));
  });

  test("an edit of a message of an earlier day goes to those who were there when the day began", async () => {
    const events = `<StartTimeUTC>${t}</StartTimeUTC>${move("Entered", "bob", t)}${move("Entered", "eve", t + 5)}`;
    const old = say("ann", t - 86_400 * 30);
    const { scan, lines } = await passesOver(parsedXml(`<FileDump>${room("r", events + old)}</FileDump>`));
    assert.deepEqual(
      lines[0]?.to.map((i) => scan.participants[i]?.imId),
      ["bob"],
    );
  });
});

describe("a flat file", () => {
  const header = "ConversationId,Timestamp,ImId,SenderEmail,RecipientImId,Text\n";
  const rows = [
    "c,1780491906,ann,a@x.y,bob;eve;bob,hi",
    "c,1780491906,ann,,bob,ok",
    "d,1780491907,bob,,ann,x",
    "c,1780491906,ann,,bob,ok",
  ];
  const text = `${header}${rows.join("\n")}\n`;

  test("goes to those it names, each once", async () => {
    const { scan, rosters, lines } = await passesOver(parsedCsv(text));
    assert.deepEqual(scan.participants, [
      { imId: "ann", email: "a@x.y" },
      { imId: "bob" },
      { imId: "eve" },
      { imId: "ann" },
    ]);
    assert.deepEqual(
      lines.map(({ from, to }) => [from, to]),
      [
        [0, [1, 2]],
        [3, [1]],
        [1, [3]],
        [3, [1]],
      ],
    );
    assert.deepEqual(rosters, []);
  });

  test("counts identical items within the file", async () => {
    const { lines } = await passesOver(parsedCsv(text));
    assert.equal(new Set(lines.map(({ key }) => key)).size, 4);
  });
});

describe("a sidecar that is not of this file", () => {
  const text = `<FileDump>${room("a", say("ann", t))}${room("b", say("bob", t))}</FileDump>`;
  const drain = async (lines: AsyncIterable<ChatLine>) => {
    for await (const _ of lines);
  };

  test("is an error and never a wrong recipient", async () => {
    const { scan, rosters } = await passesOver(parsedXml(text));
    const records = parsedXml(text);
    const read = (people: Pick<Scan, "participants">, sidecar: readonly RosterLine[]) =>
      drain(toChatLines(records(), passFor(people, sidecar)));
    await assert.rejects(read(scan, rosters.slice(0, 1)), /no roster for this conversation/);
    await assert.rejects(read(scan, rosters.toReversed()), /not among|not the one in the file/);
    await assert.rejects(read(scan, [...rosters, { people: [], stays: [] }]), /more rosters/);
    await assert.rejects(read({ participants: [] }, rosters), /participant/);
    await read(scan, rosters);
  });

  test("is closed when the consumer stops early", async () => {
    const { scan, rosters } = await passesOver(parsedXml(text));
    let isClosed = false;
    async function* sidecar(): AsyncGenerator<RosterLine> {
      try {
        yield* rosters;
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of toChatLines(parsedXml(text)(), { ...passFor(scan, []), rosters: sidecar() })) break;
    assert.equal(isClosed, true);
  });
});

test("more people than a file may have stop the scan", async () => {
  const text = `<FileDump>${room("a", say("ann", t) + say("bob", t))}${room("b", say("eve", t))}</FileDump>`;
  const scan = (limit: number) => scanRecords(parsedXml(text)(), { roster: () => {} }, limit);
  assert.equal((await scan(3)).participants.length, 3);
  await assert.rejects(scan(2), UnparsableFile);
});
