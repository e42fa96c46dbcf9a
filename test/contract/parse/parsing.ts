import { createHash } from "node:crypto";
import type { ParsedItem, ParsedRecord } from "../../../shared/chat/chat-item.ts";
import { sha256Hex } from "../../../shared/chat/identifiers.ts";
import { toAttachmentIndex } from "../../../shared/parse/attachments-beside.ts";
import { defaultParseLimits } from "../../../shared/parse/parse-limits.ts";
import type { ParseContext, Profile, StoredContent } from "../../../shared/parse/profile.ts";

/** Content as a store would describe it. */
export function stored(bytes: Uint8Array | string, blob: string): StoredContent {
  const sha256 = sha256Hex.parse(createHash("sha256").update(bytes).digest("hex"));
  return { sha256, sizeInBytes: Buffer.byteLength(bytes), blob };
}

/** A context with files beside the chat file, by path; `over` replaces parts of it. */
export function contextWith(
  beside: Readonly<Record<string, string>> = {},
  over: Partial<ParseContext> = {},
): ParseContext {
  const members = Object.entries(beside).map(([path, text]) => ({ path, content: stored(text, "beside") }));
  return {
    limits: defaultParseLimits,
    attachmentAt: toAttachmentIndex("chat", members),
    keepInline: async (bytes) => stored(bytes, "inline"),
    ...over,
  };
}

/** The bytes in pieces that end at these places. */
export async function* inPieces(bytes: Uint8Array, ...ends: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** What a parser made of its input: all records, and the error that ended them. */
export interface Outcome {
  readonly records: readonly ParsedRecord[];
  readonly error?: unknown;
}

/** Parses to the end or to the first error. */
export async function outcomeOf(
  profile: Profile,
  input: AsyncIterable<Uint8Array> | string | Uint8Array,
  context: ParseContext = contextWith(),
): Promise<Outcome> {
  const bytes = typeof input === "string" || input instanceof Uint8Array ? inPieces(Buffer.from(input)) : input;
  const records: ParsedRecord[] = [];
  try {
    for await (const record of profile.parse(bytes, context)) records.push(record);
    return { records };
  } catch (error) {
    return { records, error };
  }
}

/** The items of a file that must parse. */
export async function itemsOf(
  profile: Profile,
  input: AsyncIterable<Uint8Array> | string | Uint8Array,
  context?: ParseContext,
): Promise<ParsedItem[]> {
  const { records, error } = await outcomeOf(profile, input, context);
  if (error !== undefined) throw error;
  return records.flatMap((record) => (record.type === "item" ? [record.item] : []));
}
