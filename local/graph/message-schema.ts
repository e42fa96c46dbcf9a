import { z } from "zod";

// Graph's complex types are closed: what they do not declare is an error. The message itself is an open type, so a
// misspelt property of it is let pass, and is lost.
const emailAddress = z.strictObject({ name: z.string().nullish(), address: z.string().nullish() });
const recipient = z.strictObject({ "@odata.type": z.string().optional(), emailAddress });
const recipients = z.array(recipient);

const attachment = z.strictObject({
  // Which kind of attachment it is cannot be told without its type: Graph answers 400.
  "@odata.type": z.literal("#microsoft.graph.fileAttachment"),
  name: z.string().min(1),
  contentType: z.string().nullish(),
  contentBytes: z.base64(),
  contentId: z.string().nullish(),
  contentLocation: z.string().nullish(),
  isInline: z.boolean().nullish(),
  size: z.int().optional(),
  lastModifiedDateTime: z.string().optional(),
});

const extendedProperty = z.strictObject({ "@odata.type": z.string().optional(), id: z.string(), value: z.string() });

/** What a POST of a message may hold, as far as the stand-in keeps it. */
export const messageSchema = z.object({
  subject: z.string().nullish(),
  body: z
    .strictObject({
      contentType: z.string().regex(/^(text|html)$/i, "must be text or html"),
      content: z.string(),
    })
    .optional(),
  from: recipient.nullish(),
  sender: recipient.nullish(),
  toRecipients: recipients.optional(),
  ccRecipients: recipients.optional(),
  bccRecipients: recipients.optional(),
  replyTo: recipients.optional(),
  internetMessageId: z.string().min(1).optional(),
  importance: z
    .string()
    .regex(/^(low|normal|high)$/i, "must be low, normal or high")
    .optional(),
  isRead: z.boolean().nullish(),
  categories: z.array(z.string()).optional(),
  attachments: z.array(attachment).optional(),
  internetMessageHeaders: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  singleValueExtendedProperties: z.array(extendedProperty).optional(),
  // Ignored at create, but a value of the wrong kind is refused all the same.
  receivedDateTime: z.iso.datetime({ offset: true }).nullish(),
  sentDateTime: z.iso.datetime({ offset: true }).nullish(),
});

/** A message as a client posts it. */
export type PostedMessage = z.output<typeof messageSchema>;
