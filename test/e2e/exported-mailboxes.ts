import { z } from "zod";

const person = z.object({ emailAddress: z.object({ name: z.string().default(""), address: z.string().default("") }) });

/** A message as Graph gives it, as far as it is compared. */
export const exportedMessage = z.object({
  id: z.string().optional(),
  subject: z.string().nullish(),
  body: z.object({ contentType: z.string(), content: z.string() }).optional(),
  from: person.nullish(),
  sender: person.nullish(),
  toRecipients: z.array(person).default([]),
  sentDateTime: z.string().nullish(),
  receivedDateTime: z.string().nullish(),
  isDraft: z.boolean().optional(),
  isRead: z.boolean().optional(),
  internetMessageId: z.string().nullish(),
  singleValueExtendedProperties: z.array(z.object({ id: z.string(), value: z.string() })).default([]),
  attachments: z.array(z.object({ name: z.string(), contentBytes: z.string().optional() })).default([]),
});
/** A message as Graph gives it, as far as it is compared. */
export type ExportedMessage = z.infer<typeof exportedMessage>;

/** What `--export FILE` writes: by user id, then by folder name, the messages. */
export const exportedMailboxes = z.record(z.string(), z.record(z.string(), z.array(exportedMessage)));
/** What `--export FILE` writes: by user id, then by folder name, the messages. */
export type ExportedMailboxes = z.input<typeof exportedMailboxes>;

/** A message's address of this sort, folded as expectations are; empty when there is none. */
export function senderOf({ from }: ExportedMessage): { readonly name: string; readonly address: string } {
  return from?.emailAddress ?? { name: "", address: "" };
}

/** The value of an extended property; ids are compared without case and leading zeros of the tag, as Exchange does. */
export function propertyOf(message: ExportedMessage, matches: RegExp): string | undefined {
  return message.singleValueExtendedProperties.find(({ id }) => matches.test(id))?.value;
}
