import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Roster, Stay } from "../../../shared/chat/chat-item.ts";
import { imId } from "../../../shared/chat/identifiers.ts";
import { presentAt } from "../../../shared/chat/presence.ts";
import { ParticipantNumbers } from "../../../shared/parse/participant-numbers.ts";
import { PresenceIndex } from "../../../shared/parse/presence-index.ts";
import { toRosterLine } from "../../../shared/parse/roster-line.ts";

const bound = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 30 }));
const stays = fc.array(fc.tuple(bound, bound) satisfies fc.Arbitrary<Stay>, { maxLength: 3 });
const roster: fc.Arbitrary<Roster> = fc.array(stays, { maxLength: 6 }).map((people) => ({
  stays: people.map((stays, i) => ({ participant: { imId: imId.parse(`u${i}`) }, stays })),
}));

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
