import assert from "node:assert/strict";
import { test } from "node:test";
import { isStepComplete, pageSteps, toChosen } from "../../../portal/setup/wizard-steps.ts";

type Draft = Parameters<typeof isStepComplete>[0];

const nothingMissing: Draft["steps"] = (["terms", "credentials", "mapping", "review"] as const).map((step) => ({
  step,
  isComplete: true,
  missing: [],
}));

function ticked(draft: Omit<Draft, "steps">): readonly string[] {
  return pageSteps.filter((step) => isStepComplete({ steps: nothingMissing, ...draft }, step));
}

test("a step of which nothing is missing is not ticked before somebody has been there", () => {
  assert.deepEqual(ticked({ values: {} }), ["terms", "credentials"]);
});

test("the mapping is ticked once it was gone on from, and the review never: when it is done there is no draft", () => {
  const validated = { at: "2026-06-03T06:00:00.000Z", isOk: true, verdict: "works" } as const;
  assert.deepEqual(ticked({ values: { mapping: { isAutomatic: true } }, validated }), [
    ...["terms", "credentials", "validation", "mapping"],
  ]);
});

test("going on from the mapping says what holds there, unless somebody has said so before", () => {
  assert.deepEqual(toChosen("mapping", {}), { "mapping.isAutomatic": true });
  assert.deepEqual(toChosen("mapping", { mapping: { isAutomatic: false } }), {});
  assert.deepEqual(toChosen("credentials", {}), {});
});
