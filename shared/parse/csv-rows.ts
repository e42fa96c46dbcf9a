import { CsvError, type InfoRecord, type Parser, parse } from "csv-parse";
import type { TextPiece } from "./decode-text.ts";
import { type Delimiter, firstLine, sniffDelimiter } from "./flat-columns.ts";
import type { ParseContext } from "./profile.ts";
import { type Place, UnparsableFile, type UnparsableReason } from "./unparsable-file.ts";
import { Utf8Offsets } from "./utf8-offsets.ts";

/** One row of a CSV file; all rows have as many fields as the first. */
export interface CsvRow {
  readonly fields: readonly string[];
  /** Line on which the row begins, from 1. */
  readonly line: number;
  /** Byte offset at or before which the row begins. */
  readonly offset: number;
}

/** A first line longer than this is no header. */
const headerLength = 64 * 1024;

/**
 * Reads the rows of one CSV file (RFC 4180; the delimiter that makes sense of the header; line ends CRLF, LF or CR),
 * some at a time because a step of an async iterable for each row would cost as much as parsing it.
 * @throws UnparsableFile
 */
export async function* readCsvRows(
  pieces: AsyncIterable<TextPiece>,
  context: Pick<ParseContext, "limits" | "fieldNames">,
): AsyncGenerator<readonly CsvRow[]> {
  let reader: RowReader | undefined;
  for await (const piece of withWholeHeader(pieces)) {
    const header = firstLine(piece.text) ?? piece.text;
    reader ??= new RowReader(sniffDelimiter(header, context.fieldNames), context.limits.recordLength);
    const failure = await reader.write(piece);
    yield reader.takeRows();
    if (failure !== undefined) throw failure;
  }
  const failure = await reader?.end();
  yield reader?.takeRows() ?? [];
  if (failure !== undefined) throw failure;
}

/** The same pieces, but the first holds the whole first line. */
async function* withWholeHeader(pieces: AsyncIterable<TextPiece>): AsyncGenerator<TextPiece> {
  let head: TextPiece | undefined;
  let isWhole = false;
  for await (const piece of pieces) {
    const next: TextPiece = head === undefined ? piece : { ...head, text: head.text + piece.text };
    isWhole ||= firstLine(next.text) !== undefined || next.text.length > headerLength;
    head = isWhole ? undefined : next;
    if (isWhole) yield next;
  }
  if (head !== undefined) yield head;
}

/** Drives csv-parse by hand: what it finds is collected from its hook, past the stream's own queue. */
class RowReader {
  readonly #parser: Parser;
  readonly #maxRecordLength: number;
  readonly #offsets = new Utf8Offsets();
  #rows: CsvRow[] = [];
  #width: number | undefined;
  /** Where the row now being read begins: byte of the text in UTF-8, and line. */
  #start = 0;
  #line = 1;
  #emptyLines = 0;
  #endsInLine = false;
  #isEnding = false;

  constructor(delimiter: Delimiter, maxRecordLength: number) {
    this.#maxRecordLength = maxRecordLength;
    this.#parser = parse({
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      max_record_size: maxRecordLength,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (fields: string[], info) => this.#add(fields, info),
    });
    // Without a listener Node would end the process; write() and end() report the same error.
    this.#parser.on("error", () => {});
    this.#parser.resume();
  }

  /** What is wrong with the file, if anything. */
  async write(piece: TextPiece): Promise<unknown> {
    this.#endsInLine = !/[\r\n]$/.test(piece.text.slice(-1));
    const bytes = this.#offsets.add(piece);
    const error = await new Promise<unknown>((resolve) => this.#parser.write(bytes, resolve));
    return this.#explain(error);
  }

  /** What is wrong with the file's end, if anything. */
  async end(): Promise<unknown> {
    this.#isEnding = true;
    const error = await new Promise<unknown>((resolve) => {
      this.#parser.once("error", resolve);
      this.#parser.end(resolve);
    });
    return this.#explain(error);
  }

  takeRows(): readonly CsvRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #add(fields: string[], info: InfoRecord): null {
    this.#line += info.empty_lines - this.#emptyLines;
    this.#emptyLines = info.empty_lines;
    this.#width ??= fields.length;
    if (fields.length !== this.#width) this.#failWidth(fields.length, this.#width);
    if (fields.some((field) => field.includes("\0"))) this.#failNul();
    this.#rows.push({ fields, line: this.#line, offset: this.#place.offset });
    this.#line += 1 + fields.reduce((sum, field) => sum + countLineBreaks(field), 0);
    this.#start = info.bytes;
    return null;
  }

  get #place(): Place {
    return { offset: this.#offsets.offsetOf(this.#start), path: `line ${this.#line}` };
  }

  #failWidth(found: number, wanted: number): never {
    const isCut = this.#isEnding && this.#endsInLine && found <= wanted;
    if (isCut) throw this.#truncated();
    const problem = `a record of ${found} fields where the header has ${wanted}; is a quote or a delimiter not escaped?`;
    throw new UnparsableFile("wrong-field-count", this.#place, problem);
  }

  #failNul(): never {
    throw new UnparsableFile("bad-value", this.#place, "a NUL character, which no chat has; is the file binary?");
  }

  #truncated(): UnparsableFile {
    return new UnparsableFile("truncated", this.#place, "the file ends in the middle of a record; fetch it again");
  }

  /** csv-parse's messages quote the file, so only its codes are used. */
  #explain(error: unknown): unknown {
    if (error === null || error === undefined) return undefined;
    if (!(error instanceof CsvError)) return error;
    if (error.code === "CSV_QUOTE_NOT_CLOSED") return this.#truncated();
    const [reason, problem] = this.#meaning(error.code);
    return new UnparsableFile(reason, this.#place, problem);
  }

  #meaning(code: string): [UnparsableReason, string] {
    if (code === "CSV_MAX_RECORD_SIZE") {
      return ["too-long", `a record longer than ${this.#maxRecordLength} bytes, or a quote that is never closed`];
    }
    return ["malformed", "a quote that is neither around a whole field nor doubled inside one"];
  }
}

function countLineBreaks(field: string): number {
  if (!field.includes("\n") && !field.includes("\r")) return 0;
  return field.match(/\r\n|\n|\r/g)?.length ?? 0;
}
