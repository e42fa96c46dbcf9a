import * as z from "zod";
import { participant } from "./chat-item.ts";
import { dropId, fileId, mailboxId } from "./identifiers.ts";

/** Why a participant has no mailbox. */
export const unmappedReason = z.enum([
  "no-address",
  "not-an-address",
  "unknown-user",
  "ambiguous",
  "no-mailbox",
  "mapping-names-no-mailbox",
  "automatic-mapping-off",
  "not-on-list",
]);
/** Why a participant has no mailbox. */
export type UnmappedReason = z.infer<typeof unmappedReason>;

/** What a participant was resolved to, once per generation. */
export const person = z.object({
  participant,
  mailbox: z
    .object({
      id: mailboxId,
      /** The mailbox's primary address and name, for the item's header. */
      address: z.string(),
      displayName: z.string(),
      via: z.enum(["mapping", "email"]),
    })
    .optional(),
  unmapped: unmappedReason.optional(),
});
/** What a participant was resolved to. */
export type Person = z.infer<typeof person>;

/** A line of the mapping that the admin should mend. It tells no content: who reads it has the file. */
export const mappingNote = z.object({
  /** From 1, as editors count. */
  line: z.number().int().positive(),
  /** Why: it repeats an earlier line, or the mailbox that it names is none. */
  reason: z.union([z.literal("repeated"), unmappedReason]),
  /** The line that it repeats. */
  firstLine: z.number().int().positive().optional(),
});
/** A line of the mapping that the admin should mend. */
export type MappingNote = z.infer<typeof mappingNote>;

/** `people/{drop}/{gen}.json`: all participants of a drop, resolved; `files` gives each file's participant numbers -> persons. */
export const people = z.object({
  v: z.literal(1),
  drop: dropId,
  gen: z.number().int().positive(),
  /** SHA-256 of the mapping file that was used, if there was one. */
  mapping: z.string().optional(),
  /** What is to be mended in it, by line. */
  mappingNotes: z.array(mappingNote).optional(),
  persons: z.array(person),
  files: z.record(fileId, z.array(z.number().int().nonnegative())),
});
/** All participants of a drop, resolved. */
export type People = z.infer<typeof people>;
