import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Roster, Stay } from "../../../shared/chat/chat-item.ts";
import { imId } from "../../../shared/chat/identifiers.ts";
import { presentAt, RosterBuilder } from "../../../shared/chat/presence.ts";
import { ParticipantNumbers } from "../../../shared/parse/participant-numbers.ts";
import { PresenceIndex } from "../../../shared/parse/presence-index.ts";
import { toRosterLine } from "../../../shared/parse/roster-line.ts";

const at = fc.integer({ min: 0, max: 30 });
const move = fc.record({
  who: fc.nat({ max: 5 }),
  at,
  type: fc.constantFrom("entered" as const, "left" as const, "spoke" as const),
});
const window = fc.tuple(at, at);

/** What a parser makes of joins, leaves and words, with the stays at the conversation's bounds left open. */
const roster: fc.Arbitrary<Roster> = fc
  .tuple(fc.array(move, { maxLength: 30 }), window)
  .map(([moves, [start, end]]) => {
    const builder = new RosterBuilder();
    for (const { who, at, type } of moves) builder.add({ participant: { imId: imId.parse(`u${who}`) }, at, type });
    const open = ([from, to]: Stay): Stay => [
      from !== null && from <= start ? null : from,
      to !== null && to >= end ? null : to,
    ];
    return { stays: builder.build().stays.map(({ participant, stays }) => ({ participant, stays: stays.map(open) })) };
  });

test("the index of presence says what presence by time says, at any instant and in any order of asking", () => {
  fc.assert(
    fc.property(roster, fc.array(fc.integer({ min: -1, max: 32 }), { maxLength: 20 }), (people, instants) => {
      const numbers = new ParticipantNumbers();
      const index = new PresenceIndex(toRosterLine(people, numbers));
      for (const at of instants) {
        const present = index.presentAt(at).map((number) => numbers.list[number]);
        assert.deepEqual(present, presentAt(people, at, { email: "nobody" }));
      }
    }),
  );
});
