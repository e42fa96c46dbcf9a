import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImportKey } from "../../../shared/chat/identifiers.ts";
import { KeyStates } from "../../../shared/import/key-states.ts";
import { type ItemLine, toGeneration, toSource } from "../../../shared/import/ledger-line.ts";
import { standingOf } from "../../../shared/import/standing.ts";
import { ids, keyOf } from "../../support/import-world.ts";

const generation = toGeneration(ids.drop, 1);
const later = toGeneration(ids.drop, 2);
const source = toSource(ids.file, 0);
const other = toSource(ids.file, 9);
const at = 1_000_000;

const intent = (key: ImportKey, flag: "new" | "again" | "answered" | "withdrawn"): ItemLine => ({
  type: "I",
  key,
  at,
  flag,
});
const receipt = (key: ImportKey, from = source): ItemLine => ({
  ...({ type: "R", key, outcome: "imported", marks: ["deviates"], graphId: "A" } as const),
  ...{ at, generation, source: from },
});
const failure = (key: ImportKey, reason = "refused"): ItemLine => ({ type: "X", key, reason, at, generation, source });

function statesOf(...lines: ItemLine[]): KeyStates {
  const states = new KeyStates();
  for (const line of lines) states.apply(line);
  return states;
}

test("a receipt is final, whatever line follows it", () => {
  const key = keyOf("a");
  for (const line of [intent(key, "again"), failure(key), intent(key, "withdrawn")]) {
    assert.equal(statesOf(receipt(key), line).stateOf(key).type, "receipt");
  }
  const ours = { marks: [], graphId: "B", at, generation: later, source: other };
  const second: ItemLine = { type: "R", key, outcome: "partial", ...ours };
  const state = statesOf(receipt(key), second).stateOf(key);
  assert.deepEqual(state, { type: "receipt", outcome: "imported", generation, source });
});

test("the last word before a receipt counts", () => {
  const key = keyOf("a");
  assert.deepEqual(statesOf(intent(key, "new")).stateOf(key), { type: "doubt", since: at, wasAnswered: false });
  assert.deepEqual(statesOf(intent(key, "new"), intent(key, "answered")).stateOf(key), {
    type: "doubt",
    since: at,
    wasAnswered: true,
  });
  assert.deepEqual(statesOf(intent(key, "new"), intent(key, "withdrawn")).stateOf(key), { type: "none" });
  assert.deepEqual(statesOf(failure(key), intent(key, "new")).stateOf(key).type, "doubt");
});

test("standing follows from list and ledger: ours, another's, failed before, in doubt", () => {
  const key = keyOf("a");
  const ours = { key, generation, source };
  assert.deepEqual(standingOf(statesOf(), ours), { type: "to-do" });
  assert.deepEqual(standingOf(statesOf(receipt(key)), ours), { type: "settled", outcome: "imported" });
  const first = { generation, source };
  assert.deepEqual(standingOf(statesOf(receipt(key)), { ...ours, source: other }), {
    type: "settled",
    outcome: "skipped",
    first,
  });
  assert.deepEqual(standingOf(statesOf(receipt(key)), { ...ours, generation: later }), {
    type: "settled",
    outcome: "skipped",
    first,
  });
  assert.deepEqual(standingOf(statesOf(failure(key)), ours), { type: "settled", outcome: "failed", reason: "refused" });
  assert.deepEqual(standingOf(statesOf(failure(key)), { ...ours, source: other }), {
    type: "settled",
    outcome: "skipped",
    first,
  });
  assert.deepEqual(standingOf(statesOf(failure(key)), { ...ours, generation: later }), { type: "to-do" });
  assert.deepEqual(standingOf(statesOf(failure(key, "in-doubt")), { ...ours, generation: later }), {
    type: "doubt",
    since: at,
    wasAnswered: false,
  });
  assert.deepEqual(standingOf(statesOf(intent(key, "new")), ours), { type: "doubt", since: at, wasAnswered: false });
});

test("of two lines with one key the first is dealt with and the second points to it, whatever the first comes to", () => {
  const key = keyOf("a");
  for (const states of [statesOf(), statesOf(intent(key, "new")), statesOf(failure(key))]) {
    const first = standingOf(states, { key, generation: later, source });
    assert.notEqual(first.type, "settled");
    states.apply(intent(key, "again"));
    const second = standingOf(states, { key, generation: later, source: other });
    assert.deepEqual(second, { type: "settled", outcome: "skipped", first: { generation: later, source } });
  }
});

test("keeps a hundred thousand keys apart in some ten megabytes", () => {
  const states = new KeyStates();
  global.gc?.();
  const before = process.memoryUsage();
  for (let n = 0; n < 100_000; n += 1) {
    states.apply(receipt(keyOf(`k${n}`), toSource(ids.file, n)));
  }
  const after = process.memoryUsage();
  for (const n of [0, 1, 4711, 99_999]) {
    const state = states.stateOf(keyOf(`k${n}`));
    assert(state.type === "receipt");
    assert.equal(state.source, `${ids.file}:${n}`);
  }
  assert.equal(states.stateOf(keyOf("k100000")).type, "none");
  const grown = after.arrayBuffers - before.arrayBuffers;
  assert(grown < 40_000_000, `${grown} bytes`);
});

test("what was read back is told as first, again, or without a receipt; what is in doubt is still looked for", () => {
  const states = statesOf(receipt(keyOf("a")), intent(keyOf("b"), "new"), intent(keyOf("d"), "withdrawn"));
  assert.deepEqual(
    ["a", "a", "b", "c", "c", "d"].map((word) => states.see(keyOf(word))),
    ["first", "again", "first", "unrecorded", "again", "unrecorded"],
  );
  assert.deepEqual(states.marksOf(keyOf("a")), { isDegraded: false, deviates: true });
});
