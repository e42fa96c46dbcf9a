import type { JsonObject } from "../stand-ins/json.ts";
import { checkPropertyValue, parsePropertyId } from "./extended-property.ts";
import { badRequest, GraphRefusal } from "./graph-refusal.ts";
import type { PostedMessage } from "./message-schema.ts";
import { messageSchema } from "./message-schema.ts";

/**
 * Whole request, bytes: one of this size is refused, "4 MB" read strictly. It holds the limit for attachments as well:
 * one of 3,000,000 bytes is 4,000,000 characters in base64.
 */
export const REQUEST_LIMIT_IN_BYTES = 4_000_000;
const SUBJECT_LIMIT = 255;
const HEADER_COUNT_LIMIT = 5;
const HEADER_LENGTH_LIMIT = 995;

/**
 * Parses the body of a POST of a message by Graph's rules.
 *
 * @throws GraphRefusal with the status and code of the first rule that is broken
 */
export function parseMessage(json: JsonObject | undefined): PostedMessage {
  if (json === undefined) throw badRequest("Unable to read JSON request payload. Please ensure it is valid JSON.");
  const parsed = messageSchema.safeParse(json);
  if (!parsed.success) throw badRequest(toReason(parsed.error.issues[0]));
  const message = parsed.data;
  checkSubject(message);
  checkHeaders(message.internetMessageHeaders);
  for (const { id, value } of message.singleValueExtendedProperties ?? [])
    checkPropertyValue(parsePropertyId(id), value);
  return message;
}

function toReason(issue: { path: PropertyKey[]; message: string } | undefined): string {
  return `The property '${(issue?.path ?? []).join("/")}' cannot be read: ${issue?.message ?? "invalid"}.`;
}

function checkSubject({ subject }: PostedMessage): void {
  if ((subject ?? "").length <= SUBJECT_LIMIT) return;
  throw new GraphRefusal(
    400,
    "ErrorPropertyValidationFailure",
    `The subject has more than ${SUBJECT_LIMIT} characters.`,
  );
}

function checkHeaders(headers: PostedMessage["internetMessageHeaders"]): void {
  if (headers === undefined) return;
  if (headers.length === 0) throw invalidHeaders("The internet message header collection must not be empty.");
  if (headers.length > HEADER_COUNT_LIMIT) {
    throw invalidHeaders(
      `Maximum number of headers in one message should be less than or equal to ${HEADER_COUNT_LIMIT}.`,
    );
  }
  for (const { name, value } of headers) checkHeader(name, value);
}

function checkHeader(name: string, value: string): void {
  if (!/^x-/i.test(name)) {
    const message = `The internet message header name '${name}' should start with 'x-' or 'X-'.`;
    throw new GraphRefusal(400, "InvalidInternetMessageHeader", message);
  }
  if (name.length <= HEADER_LENGTH_LIMIT && value.length <= HEADER_LENGTH_LIMIT) return;
  const message = `The internet message header is longer than ${HEADER_LENGTH_LIMIT} characters.`;
  throw new GraphRefusal(400, "InvalidInternetMessageHeader", message);
}

function invalidHeaders(message: string): GraphRefusal {
  return new GraphRefusal(400, "InvalidInternetMessageHeaderCollection", message);
}
