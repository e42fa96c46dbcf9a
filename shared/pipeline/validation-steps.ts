/** Steps of a validation, in their order. */
export const validationSteps = ["connect", "host-key", "sign-in", "list", "decrypt", "format"] as const;
/** A step of a validation. */
export type ValidationStepName = (typeof validationSteps)[number];
