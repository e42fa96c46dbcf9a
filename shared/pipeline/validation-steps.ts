/** Steps of a validation, in their order. */
export const validationSteps = ["connect", "host-key", "sign-in", "list", "decrypt", "format"] as const;
/** A step of a validation. */
export type ValidationStepName = (typeof validationSteps)[number];

/** What a validation comes to: every step was done; none failed, but there was no file to try the last ones on; one failed. */
export const validationVerdicts = ["works", "untried", "fails"] as const;
/** What a validation comes to. */
export type ValidationVerdict = (typeof validationVerdicts)[number];

/** What the steps come to. */
export function toVerdict(steps: readonly { readonly outcome: "ok" | "failed" | "skipped" }[]): ValidationVerdict {
  if (steps.some(({ outcome }) => outcome === "failed")) return "fails";
  return steps.every(({ outcome }) => outcome === "ok") ? "works" : "untried";
}
