import * as z from "zod";
import { peopleChoice } from "../../config/connector.ts";
import { defineRoute } from "../route.ts";
import { count, instant, nameParams, told } from "./connector-words.ts";

/** Most bytes of a mapping or a hold list. */
export const mostFileBytes = 10 * 1024 * 1024;
const csv = "text/csv; charset=utf-8";
const upload = { contentType: "text/csv", mostBytes: mostFileBytes } as const;

/** A mapping or hold list as it is kept. */
export const storedFile = z.object({
  entries: count.describe("Good lines, without the header."),
  sha256: z.string().describe("Of the file's bytes; reports name the mapping that was used by it."),
  uploadedAt: instant.optional(),
  uploadedBy: z.string().optional().describe("As the audit log names them; missing for one that came another way."),
});
/** A mapping or hold list as it is kept. */
export type StoredFile = z.infer<typeof storedFile>;

/** A line that is wrong, or says again what an earlier one says. */
export const lineFault = z.object({
  line: z.number().int().positive().describe("From 1, as editors count; the header is line 1."),
  column: z.string().optional().describe("Name of the column, where it is one cell that is wrong."),
  reason: z.string().describe("A static word for programs, such as not-an-address."),
  message: z.string().describe("What is wrong, in words; never what is in the cell."),
  firstLine: z.number().int().positive().optional().describe("The earlier line that it repeats or contradicts."),
});
/** A line that is wrong. */
export type LineFault = z.infer<typeof lineFault>;

const changes = z
  .object({
    added: count.describe("New lines."),
    changed: count.describe("Those that give an ImId another mailbox; always 0 for a hold list."),
    removed: count.describe("Lines of today's file that the new one has no more."),
    unchanged: count,
  })
  .describe("What the good lines would change in today's file.");

/** What the directory says of the addresses of new and changed lines. */
export const lookedUp = z
  .object({
    asked: count.describe("Addresses that were looked up by this call, at most 100."),
    left: count.describe(
      "Addresses that no call has looked up yet: give `next` as `lookUpFrom`, or leave them to the first drop.",
    ),
    next: count.optional().describe("Missing when none is left."),
    faults: z
      .array(lineFault)
      .describe(
        "Lines whose address gets nothing as the directory is now: unknown-user, ambiguous, no-mailbox, out-of-scope. They are taken all the same, and get their items once the directory has the mailbox.",
      ),
    problem: z.string().optional().describe("Why not all could be asked for: the directory does not answer."),
  })
  .describe("What the directory says of the addresses of new and changed lines.");
/** What the directory says of a file's addresses. */
export type LookedUp = z.infer<typeof lookedUp>;

/** What checking an upload found. */
export const fileCheck = z.object({
  isGood: z.boolean().describe("Whether every line is good."),
  entries: count.describe("Good lines, without the header."),
  badLines: count.describe("How many faults there are in all."),
  faults: z.array(lineFault).describe("Every fault, in order of line; the first 50,000 should there be more."),
  warnings: z.array(lineFault).describe("Lines that say the same as an earlier one. They do no harm."),
  sha256: z.string().describe("Of the file's bytes."),
  changes,
  directory: lookedUp,
});
/** What checking an upload found. */
export type FileCheck = z.infer<typeof fileCheck>;

const checkQuery = z.strictObject({
  lookUpFrom: z.coerce
    .number("a whole number, as a check gave it as `next`")
    .int("a whole number, as a check gave it as `next`")
    .min(0, "a whole number, as a check gave it as `next`")
    .default(0)
    .describe("Where to go on looking addresses up: `directory.next` of the check before."),
});

const replaceQuery = z.strictObject({
  goodLinesOnly: z
    .enum(["true", "false"], "true or false, e.g. false")
    .default("false")
    .describe("Take the good lines and leave the bad ones out. Else a file with a bad line is refused as a whole."),
});

const replaced = storedFile.extend({
  leftOut: count.describe("Bad lines that were left out; only with goodLinesOnly."),
  changes,
});
/** What replacing a file came to. */
export type Replaced = z.infer<typeof replaced>;

/** Why a person's items go where they go, step by step. */
const personStep = z.object({
  step: z
    .enum(["mapping", "automatic", "people"])
    .describe("mapping: the mapping by ImId. automatic: the person's own address. people: the hold list or group."),
  outcome: z
    .enum(["found", "not-found", "skipped", "left-out"])
    .describe("left-out: there is a mailbox, but the person is not on the hold list or in the group."),
  message: z.string().describe("A plain sentence."),
});

const personTest = z.object({
  mailbox: z
    .object({
      address: z.string().describe("The mailbox's main address."),
      displayName: z.string(),
      via: z.enum(["mapping", "email"]),
    })
    .optional()
    .describe("Where the person's items go; missing when nowhere."),
  unmapped: told.optional().describe("Why they go nowhere."),
  steps: z.array(personStep),
});
/** Where a person's items go, and why. */
export type PersonTest = z.infer<typeof personTest>;

const mappingState = z.object({
  isAutomatic: z.boolean().describe("Whether people are found by their own addresses whom the mapping does not name."),
  file: storedFile.optional().describe("Missing when there is no mapping."),
  problem: z.string().optional().describe("Why the stored mapping cannot be used: upload it again."),
});

const holdListState = z.object({
  people: peopleChoice,
  file: storedFile.optional().describe("Missing when there is no hold list."),
  problem: z.string().optional().describe("Why the stored hold list cannot be used: upload it again."),
});

/** The endpoints about who gets what. All but the template work on connectors and on drafts. */
export const mappingRoutes = {
  readMapping: defineRoute({
    endpoint: "readMapping",
    role: "reader",
    summary: "How people are mapped. The ETag is the mapping file's: it is needed to replace it.",
    params: nameParams,
    reply: mappingState,
  }),
  downloadMapping: defineRoute({
    endpoint: "downloadMapping",
    role: "reader",
    summary: "The mapping as CSV with the header ImId,Mailbox; it can be uploaded again as it is.",
    params: nameParams,
    download: csv,
  }),
  downloadMappingTemplate: defineRoute({
    endpoint: "downloadMappingTemplate",
    role: "reader",
    summary: "An empty mapping: the header and nothing else.",
    download: csv,
  }),
  checkMapping: defineRoute({
    endpoint: "checkMapping",
    role: "admin",
    summary:
      "Checks a mapping without taking it: every bad line, what it would change, and which of its addresses get nothing.",
    params: nameParams,
    query: checkQuery,
    upload,
    reply: fileCheck,
  }),
  replaceMapping: defineRoute({
    endpoint: "replaceMapping",
    role: "admin",
    summary:
      "Takes a mapping, for drops from then on; needs If-Match when there is one already. With a bad line nothing is taken, unless goodLinesOnly is true.",
    params: nameParams,
    query: replaceQuery,
    upload,
    reply: replaced,
  }),
  testPerson: defineRoute({
    endpoint: "testPerson",
    role: "admin",
    summary: "Where a person's items would go, and why; the directory is asked now.",
    params: nameParams,
    body: z
      .strictObject({
        imId: z.string("an ImId, e.g. fstrouds17").trim().min(1, "an ImId, e.g. fstrouds17").max(256).optional(),
        email: z
          .string("an address, e.g. jane.doe@contoso.com")
          .trim()
          .min(1, "an address, e.g. jane.doe@contoso.com")
          .max(320)
          .optional()
          .describe("As the chats have it for the person."),
      })
      .refine(({ imId, email }) => imId !== undefined || email !== undefined, "an ImId, an address, or both"),
    reply: personTest,
  }),
  readHoldList: defineRoute({
    endpoint: "readHoldList",
    role: "reader",
    summary: "Whose chats are imported, and the hold list's facts. The ETag is the list's.",
    params: nameParams,
    reply: holdListState,
  }),
  downloadHoldList: defineRoute({
    endpoint: "downloadHoldList",
    role: "reader",
    summary: "The hold list as CSV with the header Mailbox; where there is none yet, the header and nothing else.",
    params: nameParams,
    download: csv,
  }),
  checkHoldList: defineRoute({
    endpoint: "checkHoldList",
    role: "admin",
    summary:
      "Checks a hold list without taking it: every bad line, what it would change, and which of its addresses get nothing.",
    params: nameParams,
    query: checkQuery,
    upload,
    reply: fileCheck,
  }),
  replaceHoldList: defineRoute({
    endpoint: "replaceHoldList",
    role: "admin",
    summary:
      "Takes a hold list, for drops from then on; needs If-Match when there is one already. It is used once `people` is set to list.",
    params: nameParams,
    query: replaceQuery,
    upload,
    reply: replaced,
  }),
} as const;
