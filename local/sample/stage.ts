import type { Cast } from "./cast.ts";
import { oddTexts } from "./chatter.ts";
import type { Random } from "./random.ts";
import type { CastKind, CastMember, SampleFile } from "./sample-types.ts";
import { ScriptBuilder, type ScriptSettings } from "./script-builder.ts";

/** What the conversations of one chat file are made with. */
export interface Stage {
  readonly cast: Cast;
  readonly feed: string;
  /** When the day begins and ends, ms since 1970. */
  readonly dayStart: number;
  readonly dayEnd: number;
  /** Times of this file are written in seconds or milliseconds. */
  readonly unit: "s" | "ms";
  /** Whether the format tells edits, deletions and file transfers. */
  readonly hasEdits: boolean;
  /** Where a file's bytes go. */
  readonly bytes: SampleFile["bytes"];
}

/** Rooms by name; ids of rooms are free text in ICE. */
export const roomNames = [
  "Crude EMEA",
  "Products & Cracks",
  "TTF <> NBP",
  "Nordic power – day ahead",
  'US gas "HH" desk',
  "Freight/dirty",
  "Émissions",
  "LNG アジア",
] as const;

/** Somebody of a kind, or anybody of the same side in a cast too small to have one. @throws RangeError when there is nobody */
export function castMember(cast: Cast, kind: CastKind): CastMember {
  const found = cast.insiders.ofKind(kind) ?? cast.outsiders.ofKind(kind);
  const other = kind.startsWith("outsider") || kind === "guest" ? cast.outsiders.members[0] : cast.insiders.members[0];
  const member = found ?? other;
  if (member === undefined) throw new RangeError("nobody in this cast");
  return member;
}

/**
 * Whether an export may leave out somebody's joins and leaves without changing who he or she is: the e-mail address
 * stands in the joins only.
 */
export function canBeSilent(member: CastMember): boolean {
  return member.email === undefined || member.byImId !== undefined;
}

/** Begins a conversation of this stage. */
export function beginScript(
  stage: Stage,
  id: string,
  settings: Partial<ScriptSettings> & Pick<ScriptSettings, "startsAt" | "endsAt">,
): ScriptBuilder {
  return new ScriptBuilder({
    id,
    perspective: `${stage.feed} compliance`,
    unit: stage.unit,
    hasIds: true,
    ...settings,
    filesHaveIds: !stage.hasEdits,
  });
}

const fileNames = ["curve", "confirm", "Recap Q3", "Fixture note", "règlement", "価格表", "it's & <final>"] as const;

/** A file to send, with a path that no other one has. */
export function makeFile(random: Random, bytes: SampleFile["bytes"], sizeInBytes?: number): SampleFile {
  const type = random.pick(["pdf", "xlsx", "png"] as const);
  const name = `${random.pick(fileNames)} ${random.int(1, 99)}.${type}`;
  const size = sizeInBytes ?? Math.round(1_500 + random.exponential(9_000));
  const id = random.hex(12);
  return {
    name,
    path: `files/${id}/${name}`,
    type,
    seed: `file/${id}`,
    sizeInBytes: sizeInBytes ?? Math.min(size, 400_000),
    bytes,
  };
}

/** A text that breaks naive code. */
export function oddText(random: Random): string {
  return random.pick(oddTexts);
}
