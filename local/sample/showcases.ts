import { chatterLine, disclaimerText, longText, oddTexts } from "./chatter.ts";
import type { Random } from "./random.ts";
import type { CastKind, CastMember, Script } from "./sample-types.ts";
import type { ScriptBuilder } from "./script-builder.ts";
import { beginScript, castMember, makeFile, type Stage } from "./stage.ts";
import { hourInMs } from "./zone-day.ts";

/** Plays one rare thing that every sample must hold; cut to `limit` entries. */
export type Showcase = (stage: Stage, random: Random, id: string, limit: number) => Script;

const minute = 60_000;

/** Larger than what Graph takes inline (3 MB), so that its item is partial. */
const tooLargeInBytes = 3_200_000;

/** What every sample shows, the most telling first: a small sample has only the first ones. */
export const showcases: readonly Showcase[] = [
  playPair,
  playPeople,
  playPresence,
  playEdits,
  playFiles,
  playTexts,
  playNobody,
  playTwins,
  playHistory,
  playJoinsFirst,
  playAliases,
  playBroadcast,
  playByEmail,
  playMidnight,
];

function open(
  stage: Stage,
  id: string,
  hour: number,
  settings: Partial<ScriptBuilder["settings"]> = {},
): ScriptBuilder {
  const startsAt = stage.dayStart + hour * hourInMs;
  return beginScript(stage, id, { startsAt, endsAt: startsAt + hourInMs, ...settings });
}

function some(stage: Stage, ...kinds: readonly CastKind[]): CastMember[] {
  return [...new Set(kinds.map((kind) => castMember(stage.cast, kind)))];
}

function sayInTurn(script: ScriptBuilder, members: readonly CastMember[], gapInMs: number, text: () => string): void {
  for (const [i, member] of members.entries()) script.say(script.settings.startsAt + (i + 1) * gapInMs, member, text());
}

/** A deal between two people, with the counterparty's disclaimer first. */
function playPair(stage: Stage, random: Random, id: string, limit: number): Script {
  const [us, them] = [castMember(stage.cast, "both"), castMember(stage.cast, "outsider")];
  const script = open(stage, id, 8.5).stayAll([us, them]);
  let at = script.settings.startsAt + 5_000;
  script.say(at, them, disclaimerText(them.firm, 412), { kind: "disclaimer" });
  for (const text of ["can you do 25 at 81.40?", "81.38 best", "done, 25 Brent Aug 81.38 cleared", "ty"]) {
    at += random.int(4, 40) * 1_000;
    script.say(at, script.size % 2 === 0 ? us : them, text);
  }
  return script.build(limit);
}

/** One of each kind of people in a room; everyone speaks. */
function playPeople(stage: Stage, random: Random, id: string, limit: number): Script {
  const everyone = [...stage.cast.insiders.members, ...stage.cast.outsiders.members];
  const byKind = new Map(everyone.map((member) => [member.kind, member]));
  const script = open(stage, id, 9, { room: "Morning call, all desks" }).stayAll([...byKind.values()]);
  sayInTurn(script, [...byKind.values()], 20_000, () => chatterLine(random));
  return script.build(limit);
}

/** Joins and leaves where they happen; words at the very instant of a join and of a leave; bounds that are not told. */
function playPresence(stage: Stage, random: Random, id: string, limit: number): Script {
  const silent = castMember(stage.cast, "csv");
  const [host, early, late, back] = toFour(stage, silent);
  const script = open(stage, id, 10, { room: "Crude <desk> & friends" });
  const { startsAt, endsAt } = script.settings;
  const at = (minutes: number): number => startsAt + minutes * minute;
  script.stay(host, startsAt, endsAt).stay(early, null, at(20)).stay(late, at(20), null);
  script.stay(back, startsAt, at(10)).stay(back, at(30), endsAt).silentStay(silent);
  for (const minutes of [1, 9, 10, 11, 19, 20, 21, 29, 30, 31, 45]) script.say(at(minutes), host, chatterLine(random));
  for (const minutes of [12, 40]) script.say(at(minutes), silent, "no join of mine is in the export");
  script.say(at(50), host, "anyone still here?");
  return script.build(limit);
}

function toFour(stage: Stage, except?: CastMember): [CastMember, CastMember, CastMember, CastMember] {
  const { insiders, outsiders } = stage.cast;
  const apart = new Set([castMember(stage.cast, "mail"), ...insiders.members, ...outsiders.members]);
  const [host, early, late, back] = [...apart].filter((member) => member !== except);
  if (host === undefined || early === undefined || late === undefined || back === undefined) {
    throw new RangeError("a cast needs five people");
  }
  return [host, early, late, back];
}

/** Edits, an edit of an edit, deletions with and without the message, a reaction. */
function playEdits(stage: Stage, random: Random, id: string, limit: number): Script {
  const [us, them] = [castMember(stage.cast, "upn"), castMember(stage.cast, "proxy")];
  const script = open(stage, id, 11).stayAll([us, them, castMember(stage.cast, "outsider")]);
  const at = (minutes: number): number => script.settings.startsAt + minutes * minute;
  const first = script.say(at(1), us, "25 lots at 81.04");
  if (!stage.hasEdits) return script.build(limit);
  const second = script.edit(first, at(2), "25 lots at 81.40");
  script.edit(second, at(3), "25 lots at 81.41, sorry");
  script.say(at(4), them, "seen", { touchedAt: at(6) });
  script.remove(script.say(at(7), us, "wrong window"), at(8), true);
  script.remove(script.say(at(9), them, "gone before the export"), at(10), false);
  script.edit(script.say(at(11), them, chatterLine(random)), at(12), '<edited> & "quoted"');
  return script.build(limit);
}

/** Files that arrive, one too large for Graph, and those that do not. */
function playFiles(stage: Stage, random: Random, id: string, limit: number): Script {
  const [us, them] = [castMember(stage.cast, "both"), castMember(stage.cast, "mail")];
  const script = open(stage, id, 12).stayAll([us, them, castMember(stage.cast, "outsider")]);
  let at = script.settings.startsAt;
  const attach = (bytes: Parameters<typeof makeFile>[1], size?: number): void => {
    at += minute;
    script.attach(at, script.size % 2 === 0 ? us : them, makeFile(random, bytes, size));
  };
  for (const size of [2_000, 20_000, 120_000]) attach(stage.bytes, size);
  script.say(at + minute / 2, us, "the big one comes now");
  attach(stage.bytes, tooLargeInBytes);
  attach("not-in-drop");
  if (!stage.hasEdits) return script.build(limit);
  attach("transfer-failed");
  attach("transfer-not-ended");
  return script.build(limit);
}

/** Texts that break naive code, and a long one. */
function playTexts(stage: Stage, random: Random, id: string, limit: number): Script {
  const [us, them] = [castMember(stage.cast, "proxy"), castMember(stage.cast, "outsider")];
  const script = open(stage, id, 13).stayAll([us, them]);
  const texts = [...oddTexts, longText(random, 20_000)];
  for (const text of texts) {
    const by = script.size % 2 === 0 ? us : them;
    script.say(script.settings.startsAt + (script.size + 1) * 30_000, by, text);
  }
  return script.build(limit);
}

/** People of whom nobody has a mailbox with us. */
function playNobody(stage: Stage, random: Random, id: string, limit: number): Script {
  const members = some(stage, "outsider", "outsider-without-email", "guest");
  const script = open(stage, id, 14).stayAll(members);
  sayInTurn(script, members, minute, () => chatterLine(random));
  return script.build(limit);
}

/** The same words without ids in the same second and one second apart: each is an item. */
function playTwins(stage: Stage, _random: Random, id: string, limit: number): Script {
  const [us, them] = [castMember(stage.cast, "csv"), castMember(stage.cast, "outsider")];
  const script = open(stage, id, 14.5, { hasIds: false }).stayAll([us, them]);
  const at = script.settings.startsAt + minute;
  for (const seconds of [0, 0, 0, 1, 2, 2]) script.say(at + seconds * 1_000, us, "mine");
  for (const seconds of [3, 3]) script.say(at + seconds * 1_000, them, "yours");
  return script.build(limit);
}

/** Messages that the export has twice: delivered before, told again. */
function playHistory(stage: Stage, random: Random, id: string, limit: number): Script {
  const members = some(stage, "both", "mail", "outsider");
  const script = open(stage, id, 15).stayAll(members);
  const { startsAt, endsAt } = script.settings;
  const said = members.map((member, i) => script.say(startsAt + (i + 1) * minute, member, chatterLine(random)));
  for (const entry of said) script.repeat(entry, startsAt + 20 * minute);
  for (const member of members.slice(0, 1)) script.say(endsAt - minute, member, "back again");
  return script.build(limit);
}

/** An export with all joins first and all leaves last: presence goes by time. */
function playJoinsFirst(stage: Stage, random: Random, id: string, limit: number): Script {
  const [host, morning, evening, always] = toFour(stage);
  const script = open(stage, id, 6, {
    endsAt: stage.dayStart + 18 * hourInMs,
    layout: "joins-first",
    room: "Products & Cracks",
  });
  const { startsAt, endsAt } = script.settings;
  const noon = stage.dayStart + 12 * hourInMs;
  script
    .stay(host, startsAt, endsAt)
    .stay(morning, startsAt, noon)
    .stay(evening, noon + 1_000, endsAt)
    .stay(always, startsAt, endsAt);
  for (const hour of [7, 9, 11, 13, 15, 17]) script.say(stage.dayStart + hour * hourInMs, host, chatterLine(random));
  script.say(noon, always, "lunch");
  script.say(noon + 1_000, always, "back");
  return script.build(limit);
}

/** Two identities of one mailbox talk to each other: one item each, not two. */
function playAliases(stage: Stage, random: Random, id: string, limit: number): Script {
  const both = stage.cast.insiders.members.filter(({ kind }) => kind === "alias").slice(0, 2);
  const members = [...new Set([...both, castMember(stage.cast, "both-differ")])];
  const script = open(stage, id, 15.5).stayAll(members);
  sayInTurn(script, members, minute, () => chatterLine(random));
  return script.build(limit);
}

/** One speaks to many. */
function playBroadcast(stage: Stage, random: Random, id: string, limit: number): Script {
  const speaker = castMember(stage.cast, "outsider");
  const many = new Set([
    speaker,
    ...stage.cast.insiders.members.slice(0, 20),
    ...stage.cast.outsiders.members.slice(0, 40),
  ]);
  const script = open(stage, id, 7, { room: "Kestrel morning comment" }).stayAll([...many]);
  script.say(script.settings.startsAt + minute, speaker, longText(random, 3_000));
  script.say(script.settings.startsAt + 2 * minute, speaker, "questions by phone please");
  return script.build(limit);
}

/** In flat formats: rows whose recipients have no ImId. */
function playByEmail(stage: Stage, random: Random, id: string, limit: number): Script {
  const members = some(stage, "mail", "upn", "proxy", "outsider").filter(({ email }) => email !== undefined);
  const script = open(stage, id, 16, { namesEmailsOnly: true }).stayAll(members);
  sayInTurn(script, members, minute, () => chatterLine(random));
  return script.build(limit);
}

/** A room that is never empty, cut by day: words in its first and its last second, on two UTC dates in most zones. */
function playMidnight(stage: Stage, random: Random, id: string, limit: number): Script {
  const members = some(stage, "both", "csv", "mail");
  const { dayStart: startsAt, dayEnd } = stage;
  const script = open(stage, id, 0, { endsAt: dayEnd - 1_000, room: "Follow the sun" }).stayAll(members);
  for (const [i, member] of members.entries()) {
    script.say(startsAt + i * 1_000, member, chatterLine(random));
    script.say(dayEnd - (3 - i) * 1_000, member, "good night");
  }
  return script.build(limit);
}
