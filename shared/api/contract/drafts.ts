import * as z from "zod";
import { connectorName } from "../../chat/identifiers.ts";
import { draftPatch, draftValues } from "../../config/connector-values.ts";
import { wizardSteps } from "../../pipeline/wizard-steps.ts";
import { pageOf, pageQuery } from "../paging.ts";
import { defineRoute } from "../route.ts";
import { instant, lastValidation, nameParams } from "./connector-words.ts";

/** Something that keeps a draft from becoming a connector. */
export const missingField = z.object({
  field: z.string().describe("Such as site.host, secrets.sftp-password or mapping.file."),
  message: z.string().describe("What is missing or wrong, and what is right."),
});
/** Something that keeps a draft from becoming a connector. */
export type MissingField = z.infer<typeof missingField>;

/** How far a step of the wizard is. */
export const draftStep = z.object({
  step: z.enum(wizardSteps),
  isComplete: z.boolean(),
  missing: z.array(missingField).describe("What it needs yet; empty when it is complete."),
});

const draftDetails = z.object({
  name: connectorName,
  values: draftValues.describe("What was saved so far."),
  terms: z
    .object({ acceptedBy: z.string().describe("As the audit log names them."), acceptedAt: instant })
    .optional()
    .describe("Who has accepted the terms, and when."),
  keys: z.array(z.number().int().positive()).describe("Numbers of its PGP keys, newest first."),
  createdAt: instant,
  changedAt: instant,
  steps: z.array(draftStep).describe("terms, credentials, mapping, review."),
  validated: lastValidation.optional(),
});
/** A connector that is being set up. */
export type DraftDetails = z.infer<typeof draftDetails>;

const draftSummary = z.object({
  name: connectorName,
  createdAt: instant.optional(),
  changedAt: instant.optional(),
  nextStep: z.enum(wizardSteps).optional().describe("The first step that is not complete, as far as its values tell."),
  problem: z.string().optional().describe("Its record in storage cannot be read."),
});
/** A draft in a list. */
export type DraftSummary = z.infer<typeof draftSummary>;

/** The endpoints about drafts. */
export const draftRoutes = {
  checkName: defineRoute({
    endpoint: "checkName",
    role: "reader",
    summary: "Whether a connector or a draft has a name already. `createDraft` has the last word.",
    params: nameParams,
    reply: z.object({ name: connectorName, isTaken: z.boolean() }),
  }),
  listDrafts: defineRoute({
    endpoint: "listDrafts",
    role: "reader",
    summary: "All connectors that are being set up, by name.",
    query: z.strictObject(pageQuery),
    reply: pageOf(draftSummary),
  }),
  createDraft: defineRoute({
    endpoint: "createDraft",
    role: "admin",
    summary: "Begins to set up a connector. Its name is taken from now on: no other draft or connector has it.",
    body: z.strictObject({
      name: connectorName.describe("Lower-case letters, digits and hyphens, 1 to 40; it cannot be changed later."),
      values: draftPatch.optional().describe("What is known already."),
    }),
    reply: draftDetails,
  }),
  readDraft: defineRoute({
    endpoint: "readDraft",
    role: "reader",
    summary: "A draft, and what each step still needs. Its ETag is needed to change it.",
    params: nameParams,
    reply: draftDetails,
  }),
  changeDraft: defineRoute({
    endpoint: "changeDraft",
    role: "admin",
    summary: "Saves values, any of them in any order; needs If-Match.",
    params: nameParams,
    body: z.strictObject({
      hasAcceptedTerms: z
        .literal(true, "true, once you have read the terms")
        .optional()
        .describe("That you accept the terms; who and when is kept."),
      values: draftPatch.optional(),
    }),
    reply: draftDetails,
  }),
  deleteDraft: defineRoute({
    endpoint: "deleteDraft",
    role: "admin",
    summary:
      "Gives a draft up; needs If-Match. Its password and SSH keys are disabled in the vault, its mapping and hold list deleted. PGP keys stay, since somebody may encrypt for them already: another draft of that name finds them again.",
    params: nameParams,
    reply: z.object({
      stays: z.array(z.string()).describe("What is kept, in sentences."),
      gone: z.array(z.string()).describe("What is no longer there, in sentences."),
    }),
  }),
  finishDraft: defineRoute({
    endpoint: "finishDraft",
    role: "admin",
    summary:
      "Makes a connector of the draft, or answers 400 with what is missing: each error's path is {step}.{field}. Needs If-Match. Twice is as good as once.",
    params: nameParams,
    reply: z.object({ name: connectorName }),
  }),
} as const;
