import { z } from "zod";
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

/** `people/{drop}/{gen}.json`: all participants of a drop, resolved; `files` gives each file's participant numbers -> persons. */
export const people = z.object({
  v: z.literal(1),
  drop: dropId,
  gen: z.number().int().positive(),
  /** SHA-256 of the mapping file that was used, if there was one. */
  mapping: z.string().optional(),
  persons: z.array(person),
  files: z.record(fileId, z.array(z.number().int().nonnegative())),
});
/** All participants of a drop, resolved. */
export type People = z.infer<typeof people>;
