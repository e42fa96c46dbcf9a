import { chatterLine, disclaimerText, longText } from "./chatter.ts";
import type { Random } from "./random.ts";
import type { CastMember, Script } from "./sample-types.ts";
import type { ScriptBuilder } from "./script-builder.ts";
import { beginScript, canBeSilent, makeFile, oddText, roomNames, type Stage } from "./stage.ts";
import { burstTimes } from "./trading-times.ts";

/** Sorts of everyday conversations. */
export type FillerType = "pair" | "room" | "big-room" | "broadcast" | "outsiders";

/** How many entries conversations have on average, and how many begin per million entries. */
export const fillerTypes = [
  { type: "pair", mean: 25, share: 24_000 },
  { type: "room", mean: 80, share: 3_700 },
  { type: "big-room", mean: 300, share: 130 },
  { type: "broadcast", mean: 3, share: 3_000 },
  { type: "outsiders", mean: 6, share: 1_500 },
] as const;

interface Scene {
  readonly stage: Stage;
  readonly random: Random;
  readonly builder: ScriptBuilder;
  readonly speakers: readonly CastMember[];
  readonly limit: number;
  readonly mayEdit: boolean;
  readonly isPlain: boolean;
}

/** Plays an everyday conversation of exactly `count` entries. `isPlain`: no edits, deletions and files, so that it can be cut and told twice. */
export function playFiller(
  stage: Stage,
  random: Random,
  type: FillerType,
  id: string,
  count: number,
  isPlain = false,
): Script {
  const members = toMembers(stage, random, type);
  const times = burstTimes(random, count, stage);
  const isOpenAllDay = type === "room" || type === "big-room";
  const startsAt = isOpenAllDay
    ? stage.dayStart
    : Math.max(stage.dayStart, (times[0] ?? 0) - random.int(0, 60) * 1_000);
  const endsAt = isOpenAllDay
    ? stage.dayEnd - 1_000
    : Math.min(stage.dayEnd - 1_000, (times.at(-1) ?? 0) + random.int(1, 900) * 1_000);
  const hasIds = random.chance(0.9);
  const builder = beginScript(stage, id, {
    startsAt,
    endsAt,
    hasIds,
    layout: random.chance(0.4) ? "joins-first" : "by-time",
    namesEmailsOnly: type === "pair" && random.chance(0.1) && members.every(isSameByEmail),
    ...(isOpenAllDay ? { room: `${random.pick(roomNames)} ${random.int(1, 40)}` } : {}),
  });
  enterAll(builder, random, members, type);
  const speakers = type === "broadcast" ? members.slice(0, 1) : members;
  const mayEdit = stage.hasEdits && hasIds;
  const scene: Scene = { stage, random, builder, speakers, limit: count, mayEdit, isPlain };
  while (builder.size < count) playNext(scene, times[builder.size] ?? startsAt);
  return builder.build(count);
}

function toMembers({ cast }: Stage, random: Random, type: FillerType): CastMember[] {
  const { insiders, outsiders } = cast;
  if (type === "outsiders") return outsiders.pickSome(random, 2);
  if (type === "pair") {
    const first = insiders.pick(random);
    return random.chance(0.3)
      ? unique([first, ...insiders.pickSome(random, 2)]).slice(0, 2)
      : [first, outsiders.pick(random)];
  }
  if (type === "broadcast") {
    return unique([
      outsiders.pick(random),
      ...insiders.pickSome(random, random.int(2, 12)),
      ...outsiders.pickSome(random, random.int(5, 40)),
    ]);
  }
  const size = type === "room" ? random.int(3, 8) : random.int(12, 40);
  const inside = Math.max(1, Math.round(size * (0.25 + 0.3 * random.next())));
  return random.shuffled([...insiders.pickSome(random, inside), ...outsiders.pickSome(random, size - inside)]);
}

function unique(members: readonly CastMember[]): CastMember[] {
  return [...new Set(members)];
}

/** Whether naming somebody by e-mail address alone leads to the same mailbox as with the ImId. */
function isSameByEmail(member: CastMember): boolean {
  return member.email !== undefined && (member.byImId === undefined || member.byImId === member.byEmail);
}

function enterAll(builder: ScriptBuilder, random: Random, members: readonly CastMember[], type: FillerType): void {
  const { startsAt, endsAt } = builder.settings;
  const isRoom = type === "room" || type === "big-room";
  const silent = !isRoom && random.chance(0.08) ? members.findLast(canBeSilent) : undefined;
  const host = members[0];
  for (const member of members) {
    if (member === silent) builder.silentStay(member);
    else if (isRoom && member !== host && random.chance(0.3)) comeAndGo(builder, random, member);
    else builder.stay(member, startsAt, endsAt);
  }
}

function comeAndGo(builder: ScriptBuilder, random: Random, member: CastMember): void {
  const { startsAt, endsAt } = builder.settings;
  const at = (part: number): number => startsAt + Math.floor((endsAt - startsAt) * part);
  const [first, second] = [0.3 + random.next() * 0.15, 0.5 + random.next() * 0.2];
  const how = random.int(0, 2);
  if (how !== 1) builder.stay(member, startsAt, at(first));
  if (how !== 0) builder.stay(member, at(second), endsAt);
}

function playNext(scene: Scene, at: number): void {
  const { builder, random } = scene;
  const by = toSpeaker(scene, at);
  const chance = random.next();
  if (builder.size === 0 && !by.isInside && chance < 0.3) {
    builder.say(at, by, disclaimerText(by.firm, random.int(100, 999)), { kind: "disclaimer" });
    return;
  }
  if (chance < 0.01) {
    builder.say(at, by, oddText(random));
    return;
  }
  if (chance > 0.97 && !scene.isPlain && builder.hasStay(by) && playRare(scene, at, by, chance)) return;
  builder.say(at, by, chance < 0.012 ? longText(random, random.int(500, 6_000)) : chatterLine(random));
}

/** Files, twins, edits, deletions, reactions; false when there is no room for it or the format has no such thing. */
function playRare(scene: Scene, at: number, by: CastMember, chance: number): boolean {
  const { stage, builder, random, limit, mayEdit } = scene;
  const text = chatterLine(random);
  if (chance > 0.996) {
    // Chats with files mostly come in archives.
    if (stage.bytes === "not-in-drop" && random.chance(0.9)) return false;
    builder.attach(at, by, makeFile(random, stage.bytes), stage.bytes === "base64" ? text : "");
    return true;
  }
  if (builder.size + 2 > limit) return false;
  if (chance > 0.992) {
    builder.say(at, by, text);
    builder.say(random.chance(0.5) ? at : at + 1_000, by, text);
    return true;
  }
  if (mayEdit) playUpdate(scene, at, by, chance);
  return mayEdit;
}

function playUpdate({ builder, random }: Scene, at: number, by: CastMember, chance: number): void {
  const text = chatterLine(random);
  const later = Math.min(at + random.int(5, 240) * 1_000, builder.settings.endsAt);
  const isTouched = chance > 0.988;
  const original = builder.say(at, by, text, isTouched ? { touchedAt: later } : {});
  if (isTouched) return;
  if (chance > 0.977) builder.edit(original, later, `${text} (corrected)`);
  else builder.remove(original, later, random.chance(0.6));
}

function toSpeaker({ builder, random, speakers }: Scene, at: number): CastMember {
  for (let tries = 0; tries < 4; tries += 1) {
    const by = random.pick(speakers);
    if (builder.isThere(by, at)) return by;
  }
  return speakers.find((member) => builder.isThere(member, at)) ?? random.pick(speakers);
}
