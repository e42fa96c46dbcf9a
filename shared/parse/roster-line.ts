import * as z from "zod";
import { type Participant, personKey, type Roster } from "../chat/chat-item.ts";
import type { ParticipantNumbers } from "./participant-numbers.ts";

const bound = z.number().int().nullable();

/**
 * One line of the sidecar that the scan pass writes beside a drop file: a conversation's roster, people by their
 * numbers. The read pass needs it before the conversation's items, and the file has it behind them.
 */
export const rosterLine = z.object({
  people: z.array(z.number().int().nonnegative()),
  /** The stays of each person, in the order of `people`. */
  stays: z.array(z.array(z.tuple([bound, bound]))),
});
/** One line of the sidecar: a conversation's roster, people by their numbers. */
export type RosterLine = z.infer<typeof rosterLine>;

/** The roster as a line; its people are numbered where they were not. */
export function toRosterLine(roster: Roster, numbers: ParticipantNumbers): RosterLine {
  return {
    people: roster.stays.map(({ participant }) => numbers.add(participant)),
    stays: roster.stays.map(({ stays }) => stays.map(([from, to]) => [from, to])),
  };
}

/** A conversation's people by what tells them apart (personKey): the roster knows more of a person than an item does. */
export function toPeopleByKey(people: readonly Participant[]): ReadonlyMap<string, Participant> {
  return new Map(people.map((person) => [personKey(person), person]));
}
