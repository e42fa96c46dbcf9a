import { type Charset, sniffCharset, sniffLength, wholeCharacters } from "./charset.ts";
import { UnparsableFile } from "./unparsable-file.ts";

/** A piece of a file's text: whole characters only, at most 64 KiB of bytes. */
export interface TextPiece {
  readonly text: string;
  /** Where the piece begins in the file, in bytes. */
  readonly offset: number;
  readonly charset: Charset;
}

const pieceInBytes = 64 * 1024;

/**
 * Decodes a file as it comes, strictly: bytes that are not of its charset are an error and never a replacement
 * character, which would change what was said. What precedes the bad byte is yielded first.
 * @throws UnparsableFile `bad-bytes`, `truncated`, `empty-file`, `unsupported-charset`
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TextPiece> {
  let charset: Charset | undefined;
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of bytes) {
    rest = rest.length === 0 ? toBuffer(chunk) : Buffer.concat([rest, chunk]);
    if (charset === undefined) {
      if (rest.length < sniffLength) {
        rest = Buffer.from(rest);
        continue;
      }
      charset = sniffCharset(rest);
      offset = charset.bomLength;
      rest = rest.subarray(offset);
    }
    const whole = wholeCharacters(rest, charset);
    yield* decodePieces(rest.subarray(0, whole), offset, charset);
    offset += whole;
    // A copy of a few bytes: the chunk may be filled anew when the next one is asked for.
    rest = Buffer.from(rest.subarray(whole));
  }
  yield* decodeEnd(rest, offset, charset);
}

/** The same memory: a day's file would be copied once more otherwise. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function* decodeEnd(rest: Buffer, offset: number, sniffed: Charset | undefined): Generator<TextPiece> {
  const charset = sniffed ?? sniffShort(rest);
  const start = sniffed === undefined ? charset.bomLength : 0;
  const end = start + wholeCharacters(rest.subarray(start), charset);
  yield* decodePieces(rest.subarray(start, end), offset + start, charset);
  if (end === rest.length) return;
  const place = { offset: offset + end, path: "" };
  throw new UnparsableFile("truncated", place, "the file ends in the middle of a character; fetch it again");
}

function sniffShort(bytes: Buffer): Charset {
  if (bytes.length > 0) return sniffCharset(bytes);
  throw new UnparsableFile("empty-file", { offset: 0, path: "" }, "the file is empty; fetch it again, or ask for it");
}

function* decodePieces(bytes: Buffer, offset: number, charset: Charset): Generator<TextPiece> {
  for (let start = 0; start < bytes.length; ) {
    const piece = bytes.subarray(start, start + pieceInBytes);
    const length = start + piece.length === bytes.length ? piece.length : wholeCharacters(piece, charset);
    yield* decodePiece(piece.subarray(0, length), offset + start, charset);
    start += length;
  }
}

function* decodePiece(bytes: Buffer, offset: number, charset: Charset): Generator<TextPiece> {
  const decoder = new TextDecoder(charset.label, { fatal: true, ignoreBOM: true });
  const text = attempt(() => decoder.decode(bytes));
  if (text !== undefined) {
    yield { text, offset, charset };
    return;
  }
  const valid = validLength(bytes, charset);
  const before = bytes.subarray(0, wholeCharacters(bytes.subarray(0, valid), charset));
  if (before.length > 0) yield { text: decoder.decode(before), offset, charset };
  throw new UnparsableFile(
    "bad-bytes",
    { offset: offset + valid, path: "" },
    `these bytes are not ${charset.label}; the file is damaged or in another encoding: ask for the export in UTF-8`,
  );
}

/** The longest beginning that may still become valid, by halving: a streaming decoder refuses anything longer. */
function validLength(bytes: Buffer, charset: Charset): number {
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1;
    const decoder = new TextDecoder(charset.label, { fatal: true, ignoreBOM: true });
    const text = attempt(() => decoder.decode(bytes.subarray(0, middle), { stream: true }));
    if (text === undefined) invalid = middle;
    else valid = middle;
  }
  return valid;
}

/** A fatal TextDecoder says by a TypeError with this code that bytes are invalid; anything else is a surprise. */
function attempt(decode: () => string): string | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof TypeError && "code" in error && error.code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
      return undefined;
    }
    throw error;
  }
}

/** The beginning of a file as text, for detection: bytes that do not decode become U+FFFD. */
export function decodeHead(head: Uint8Array): string {
  const charset = sniffCharset(head);
  const bytes = head.subarray(charset.bomLength, pieceInBytes);
  const whole = bytes.subarray(0, wholeCharacters(bytes, charset));
  return new TextDecoder(charset.label, { ignoreBOM: true }).decode(whole);
}
