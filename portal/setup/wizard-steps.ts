import type { DraftDetails, MissingField } from "../../shared/api/contract/drafts.ts";
import { type Changes, defaults } from "./settings.ts";

/** The steps of the wizard, in their order. The validation is part of the API's step "credentials". */
export const pageSteps = ["terms", "credentials", "validation", "mapping", "review"] as const;
/** A step of the wizard. */
export type PageStep = (typeof pageSteps)[number];

/** Whether an address names a step. */
export function toPageStep(text: string | undefined): PageStep | undefined {
  return pageSteps.find((step) => step === text);
}

/** Address of a step. */
export function toStepAddress(step: PageStep, draft: string | undefined): string {
  return `/connectors/new/${step}${draft === undefined ? "" : `?${new URLSearchParams({ draft })}`}`;
}

/** The step before and the one after. */
export function stepsAround(step: PageStep): {
  readonly before: PageStep | undefined;
  readonly after: PageStep | undefined;
} {
  const at = pageSteps.indexOf(step);
  return { before: pageSteps[at - 1], after: pageSteps[at + 1] };
}

/** Host keys are confirmed in the step in which the server shows them. */
const ofValidation = new Set(["site.hostKeys"]);

/** What a step needs yet, and in which step it is: for the review that is everything. */
export function missingIn({ steps }: Pick<DraftDetails, "steps">, step: PageStep): readonly MissingThere[] {
  const all = steps.flatMap(({ step: listed, missing }) =>
    missing.map((one) => ({ ...one, step: ofValidation.has(one.field) ? ("validation" as const) : listed })),
  );
  return step === "review" ? all : all.filter((one) => one.step === step);
}

/** Something that is missing, and the step to mend it in. */
export interface MissingThere extends MissingField {
  readonly step: PageStep;
}

/**
 * Whether a step is done with: nothing of it is open, and somebody was there. The review is done when the draft is no more.
 */
export function isStepComplete(draft: Pick<DraftDetails, "steps" | "validated" | "values">, step: PageStep): boolean {
  if (step === "review") return false;
  if (step === "validation" && draft.validated?.isOk !== true) return false;
  if (step === "mapping" && draft.values.mapping === undefined) return false;
  return missingIn(draft, step).length === 0;
}

/** What going on from a step says of what was left as it was proposed: of the mapping nothing else tells that it was seen. */
export function toChosen(step: PageStep, { mapping }: Pick<DraftDetails["values"], "mapping">): Changes {
  return step === "mapping" && mapping === undefined ? { "mapping.isAutomatic": defaults["mapping.isAutomatic"] } : {};
}
