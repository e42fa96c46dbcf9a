import assert from "node:assert/strict";
import { test } from "node:test";
import { cutScript } from "../../../local/sample/cut-script.ts";
import type { CastMember } from "../../../local/sample/sample-types.ts";
import { othersPresent, ScriptBuilder } from "../../../local/sample/script-builder.ts";

function member(name: string): CastMember {
  return { kind: "csv", spellings: [name], displayName: name, firm: "F", isInside: true };
}

const [ann, bob, cy, dee] = [member("ann"), member("bob"), member("cy"), member("dee")];

function room(unit: "s" | "ms" = "ms"): ScriptBuilder {
  return new ScriptBuilder({
    id: "R",
    perspective: "",
    startsAt: 0,
    endsAt: 100_000,
    unit,
    hasIds: true,
    filesHaveIds: true,
  });
}

const names = (members: readonly CastMember[]): string[] => members.map(({ displayName }) => displayName);

test("both ends of a stay belong to it, the sender does not get the own words", () => {
  const script = room().stay(ann, 0, 100_000).stay(bob, 10_000, 20_000).build();
  const at = (time: number): string[] => names(othersPresent(script, time, ann));
  assert.deepEqual([9_999, 10_000, 20_000, 20_001].map(at), [[], ["bob"], ["bob"], []]);
});

test("a bound that is not told is open, and who comes back is there once", () => {
  const script = room().stay(ann, null, 10).stay(bob, 20, null).stay(cy, 0, 10).stay(cy, 10, 30).build();
  assert.deepEqual(names(othersPresent(script, -5, dee)), ["ann"]);
  assert.deepEqual(names(othersPresent(script, 10, dee)), ["ann", "cy"]);
  assert.deepEqual(names(othersPresent(script, 999_999, dee)), ["bob"]);
});

test("who has no joins is there from the first word to the last", () => {
  const builder = room().stay(ann, 0, 100_000).silentStay(bob);
  for (const at of [5_000, 9_000, 7_000]) builder.say(at, bob, "word");
  const script = builder.build();
  const at = (time: number): string[] => names(othersPresent(script, time, ann));
  assert.deepEqual([4_999, 5_000, 8_000, 9_000, 9_001].map(at), [[], ["bob"], ["bob"], ["bob"], []]);
});

test("the last word of somebody without joins moves when the conversation is cut short", () => {
  const builder = room().stay(ann, 0, 100_000).silentStay(bob);
  for (const at of [5_000, 6_000, 9_000]) builder.say(at, bob, "word");
  assert.deepEqual(builder.build(2).silentStays, [{ member: bob, from: 5_000, to: 6_000 }]);
});

test("times are rounded down to what is written", () => {
  const builder = room("s").stay(bob, 1_999, 3_001);
  assert.equal(builder.say(2_750, ann, "word").at, 2_000);
  assert.deepEqual(builder.build().stays, [{ member: bob, from: 1_000, to: 3_000 }]);
});

test("an edit is an entry of its own at its own time, and the original stays", () => {
  const builder = room();
  const original = builder.say(1_000, ann, "81.04");
  builder.edit(original, 5_000, "81.40");
  const [first, second] = builder.build().entries;
  assert.deepEqual(
    [first?.kind, first?.at, first?.text, first?.editedBy],
    ["message", 1_000, "81.04", { messageId: "R-m2", at: 5_000 }],
  );
  assert.deepEqual([second?.kind, second?.at, second?.writtenAt, second?.refersTo], ["edit", 5_000, 1_000, "R-m1"]);
});

test("a deletion is an entry at its own time, with or without the message", () => {
  const builder = room();
  builder.remove(builder.say(1_000, ann, "kept"), 2_000, true);
  builder.remove(builder.say(3_000, ann, "not kept"), 4_000, false);
  const kinds = builder.build().entries.map(({ kind, at, text, refersTo }) => [kind, at, text, refersTo]);
  assert.deepEqual(kinds, [
    ["message", 1_000, "kept", undefined],
    ["delete", 2_000, "kept", "R-m1"],
    ["delete", 4_000, "not kept", "R-m2"],
  ]);
});

test("a repeat stands later and is otherwise the same", () => {
  const builder = room();
  const entry = builder.say(1_000, ann, "word");
  builder.say(2_000, ann, "other");
  builder.repeat(entry, 3_000);
  assert.deepEqual(builder.build().entries.at(-1), { ...entry, isRepeat: true });
});

test("a cut room loses no entry, and who is there at the cut is in both parts", () => {
  const builder = room().stay(ann, 0, 100_000).stay(bob, 0, 2_000).stay(cy, 50_000, 100_000);
  for (const at of [1_000, 2_000, 2_000, 60_000]) builder.say(at, ann, "word");
  const [first, second] = cutScript(builder.build(), 2);
  assert.deepEqual([first.entries.length, second.entries.length], [3, 1]);
  assert.deepEqual(first.stays, [
    { member: ann, from: 0, to: 2_000 },
    { member: bob, from: 0, to: 2_000 },
  ]);
  assert.deepEqual(second.stays, [
    { member: ann, from: 2_001, to: 100_000 },
    { member: cy, from: 50_000, to: 100_000 },
  ]);
});
