import assert from "node:assert/strict";
import { test } from "node:test";
import type { Participant } from "../../../shared/chat/chat-item.ts";
import { imId } from "../../../shared/chat/identifiers.ts";
import { type PresenceEvent, presentAt, RosterBuilder } from "../../../shared/chat/presence.ts";

function person(name: string, email?: string): Participant {
  return { imId: imId.parse(name), ...(email === undefined ? {} : { email }) };
}

const [ann, bob, cid] = ["ann", "bob", "cid"].map((name) => person(name));

function rosterOf(...events: readonly [Participant | undefined, PresenceEvent["type"], number][]) {
  const builder = new RosterBuilder();
  for (const [participant, type, at] of events) if (participant !== undefined) builder.add({ participant, type, at });
  return builder.build();
}

function namesAt(roster: ReturnType<typeof rosterOf>, at: number, sender = cid): (string | undefined)[] {
  assert.ok(sender !== undefined);
  return presentAt(roster, at, sender).map(({ imId: name }) => name);
}

test("somebody is there from the join to the leave, both included, and not before or after", () => {
  const roster = rosterOf([ann, "entered", 10], [ann, "left", 20]);
  assert.deepEqual(
    [9, 10, 20, 21].map((at) => namesAt(roster, at).length),
    [0, 1, 1, 0],
  );
});

test("all joins first and all leaves last means the same as by time", () => {
  const byTime = rosterOf(
    [ann, "entered", 1],
    [bob, "entered", 2],
    [ann, "left", 5],
    [ann, "entered", 7],
    [bob, "left", 9],
    [ann, "left", 9],
  );
  const joinsFirst = rosterOf(
    [ann, "entered", 1],
    [ann, "entered", 7],
    [bob, "entered", 2],
    [ann, "left", 9],
    [bob, "left", 9],
    [ann, "left", 5],
  );
  for (let at = 0; at <= 10; at += 1) assert.deepEqual(namesAt(joinsFirst, at), namesAt(byTime, at), `at ${at}`);
  assert.deepEqual(namesAt(byTime, 6), ["bob"]);
});

test("a leave without a join was there from the beginning, a join without a leave stays to the end", () => {
  assert.deepEqual(namesAt(rosterOf([ann, "left", 5]), -100), ["ann"]);
  assert.deepEqual(namesAt(rosterOf([ann, "entered", 5]), 1e12), ["ann"]);
});

test("who only spoke was there from the first to the last word", () => {
  const roster = rosterOf([ann, "spoke", 5], [ann, "spoke", 9]);
  assert.deepEqual(
    [4, 5, 7, 9, 10].map((at) => namesAt(roster, at).length),
    [0, 1, 1, 1, 0],
  );
});

test("the sender is left out, however the name is spelt", () => {
  const roster = rosterOf([ann, "entered", 1], [bob, "entered", 1]);
  assert.deepEqual(namesAt(roster, 2, person("ANN")), ["bob"]);
});

test("one person under two spellings is one, and the description with an address is kept", () => {
  const roster = rosterOf([person("Ann"), "entered", 1], [person("ann", "ann@acme.example"), "spoke", 2]);
  assert.deepEqual(
    roster.stays.map(({ participant }) => participant.email),
    ["ann@acme.example"],
  );
});
