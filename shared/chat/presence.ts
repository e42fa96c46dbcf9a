import { type Participant, personKey, type Roster, type Stay } from "./chat-item.ts";

/** Someone came into a conversation, left it, or was seen to speak in it. `at` in ms since 1970. */
export interface PresenceEvent {
  readonly participant: Participant;
  readonly at: number;
  readonly type: "entered" | "left" | "spoke";
}

/**
 * Collects a conversation's joins and leaves into a roster. Presence goes by time, not by position: some exports
 * list all joins first and all leaves last. Who spoke without a join was there at least from the first to the last word.
 */
export class RosterBuilder {
  readonly #people = new Map<
    string,
    { participant: Participant; moves: PresenceEvent[]; first: number; last: number }
  >();

  /** Notes one event; the first description of a person that has an e-mail address is kept. */
  add(event: PresenceEvent): void {
    const key = personKey(event.participant);
    const known = this.#people.get(key);
    const person = known ?? { participant: event.participant, moves: [], first: event.at, last: event.at };
    if (known === undefined) this.#people.set(key, person);
    if (person.participant.email === undefined && event.participant.email !== undefined) {
      person.participant = event.participant;
    }
    if (event.type === "spoke") {
      person.first = Math.min(person.first, event.at);
      person.last = Math.max(person.last, event.at);
      return;
    }
    person.moves.push(event);
  }

  /** The roster, people in the order in which they were first seen. */
  build(): Roster {
    const stays = [...this.#people.values()].map(({ participant, moves, first, last }) => ({
      participant,
      stays: moves.length === 0 ? [[first, last] satisfies Stay] : toStays(moves),
    }));
    return { stays };
  }
}

function toStays(moves: readonly PresenceEvent[]): Stay[] {
  const inTime = moves.toSorted((a, b) => a.at - b.at);
  const stays: Stay[] = [];
  let since: number | null | undefined = inTime[0]?.type === "left" ? null : undefined;
  for (const move of untied(inTime)) {
    if (move.type === "entered") {
      since = since === undefined ? move.at : since;
      continue;
    }
    if (since === undefined) continue;
    stays.push([since, move.at]);
    since = undefined;
  }
  if (since !== undefined) stays.push([since, null]);
  return stays;
}

/**
 * Moves of one instant in the order that makes sense of them: who was there left and came back, who was not came and left.
 * The other way round somebody who reconnects would count as gone.
 */
function* untied(inTime: readonly PresenceEvent[]): Iterable<PresenceEvent> {
  let wasThere = inTime[0]?.type === "left";
  for (const tied of Map.groupBy(inTime, ({ at }) => at).values()) {
    const first = wasThere ? "left" : "entered";
    const ordered = [...tied.filter(({ type }) => type === first), ...tied.filter(({ type }) => type !== first)];
    yield* ordered;
    wasThere = ordered.at(-1)?.type === "entered";
  }
}

/** Everyone who was in the conversation at `at` (ms since 1970), bounds included, but `sender`. */
export function presentAt(roster: Roster, at: number, sender: Participant): Participant[] {
  const self = personKey(sender);
  return roster.stays
    .filter(({ stays }) => stays.some(([from, to]) => (from === null || from <= at) && (to === null || at <= to)))
    .map(({ participant }) => participant)
    .filter((person) => personKey(person) !== self);
}
