/** Steps of setting a connector up, in their order. */
export const wizardSteps = ["terms", "credentials", "mapping", "review"] as const;
/** A step of setting a connector up. */
export type WizardStep = (typeof wizardSteps)[number];
