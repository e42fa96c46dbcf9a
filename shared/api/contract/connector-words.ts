import * as z from "zod";
import { connectorName } from "../../chat/identifiers.ts";
import type { draftValues } from "../../config/connector-values.ts";
import { validationVerdicts } from "../../pipeline/validation-steps.ts";

/** An instant. */
export const instant = z.iso.datetime().describe("ISO 8601 in UTC, such as 2026-06-03T06:00:00.000Z.");
/** A number of things. */
export const count = z.number().int().nonnegative();

/** A path of one connector or draft. */
export const nameParams = z.strictObject({ name: connectorName.describe("Name of a connector or of a draft.") });

/** How an unmapped person, a refused site or anything else is told: a code for programs, a sentence for people. */
export const told = z.object({
  reason: z.string().describe("A static word for programs."),
  message: z.string().describe("A sentence that says what is wrong and what to do."),
});

/** What a draft has so far. */
export type DraftValues = z.infer<typeof draftValues>;

/** What a validation comes to. */
export const verdict = z
  .enum(validationVerdicts)
  .describe(
    "works: every step was done. untried: none failed, but there was no file to try decryption and format with. fails: a step failed.",
  );

/** How the last validation of a connection came out. */
export const lastValidation = z
  .object({
    at: instant,
    isOk: z.boolean().describe("Whether no step failed."),
    verdict,
    failedStep: z.string().optional().describe("The first step that did not."),
    reason: z.string().optional(),
  })
  .describe("How the last validation of the connection came out.");
