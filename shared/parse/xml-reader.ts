import { type Charset, encodedLength } from "./charset.ts";
import type { TextPiece } from "./decode-text.ts";
import type { ParseLimits } from "./parse-limits.ts";
import { type PlainMarkup, PlainSaxes } from "./plain-markup.ts";
import { type Place, UnparsableFile, type UnparsableReason } from "./unparsable-file.ts";
import { explainXmlFault } from "./xml-faults.ts";
import { XmlPath } from "./xml-path.ts";

/** What listens to an XML document: elements by their local names, and their texts (a text may come in parts). */
export interface XmlSink {
  /** @param attributes how many attributes it has, but for those with a prefix (`xsi:nil`, `xmlns:xsi`) and `xmlns`. */
  open(name: string, attributes: number): void;
  text(text: string): void;
  close(name: string): void;
}

/** Characters that may come before the root element: saxes holds a DOCTYPE in memory (50 MB took 1.5 GB). */
const prologLength = 64 * 1024;
/** Elements down to this depth have an exact byte offset; deeper ones bear that of the element they are in. */
const placedDepth = 2;

/**
 * Feeds an XML document to a sink within limits, strictly: not well-formed, a DOCTYPE, too deep, too long are errors.
 * Nothing is expanded but the five entities of XML and character references; nothing is fetched.
 */
export class XmlReader {
  readonly path: XmlPath;
  readonly #parser: StrictSaxes;
  readonly #limits: ParseLimits;
  readonly #sink: XmlSink;
  #sawRoot = false;
  #isEnding = false;
  /** Position (in characters) of the end of the last markup or text. */
  #lastEnd = 0;
  #piece: TextPiece | undefined;
  #pieceStart = 0;
  #charset: Charset | undefined;
  /** How far into the piece its bytes were counted, in characters, and how many bytes these are. */
  #counted = 0;
  #countedBytes = 0;
  /** Whether each character of the piece is one byte, as nearly all are. */
  #isByteACharacter = false;

  /** @param knownNames the format's element names: the only ones that errors show */
  constructor(limits: ParseLimits, knownNames: ReadonlySet<string>, makeSink: (path: XmlPath) => XmlSink) {
    this.#limits = limits;
    this.path = new XmlPath(knownNames);
    this.#sink = makeSink(this.path);
    const plain: PlainMarkup = {
      open: (name) => this.#onOpen(name, noNames),
      text: (text) => this.#onText(text),
      close: (name) => this.#onClose(name),
    };
    this.#parser = new StrictSaxes(plain, (message) => this.#failMalformed(message));
    this.#listen();
  }

  /** @throws UnparsableFile */
  write(piece: TextPiece): void {
    this.#pieceStart += this.#piece?.text.length ?? 0;
    this.#piece = piece;
    this.#charset = piece.charset;
    this.#counted = 0;
    this.#countedBytes = 0;
    this.#isByteACharacter = encodedLength(piece.text, piece.charset) === piece.text.length;
    this.#parser.write(piece.text);
    this.#parser.checkEntity();
    const read = this.#pieceStart + piece.text.length;
    if (!this.#sawRoot && read > prologLength) {
      this.#fail("too-long", "no root element within the first 64 KiB; the file is no chat export");
    }
    // Comments and processing instructions are not told of, however many there are: what counts is what is held of them.
    const longest = this.#limits.textLength + prologLength;
    if (read - this.#lastEnd > longest && this.#parser.heldLength() > longest) this.#failTooLong();
  }

  /** @throws UnparsableFile `truncated` when the document is not complete */
  end(): void {
    this.#parser.checkEntity();
    this.#isEnding = true;
    this.#parser.close();
  }

  /**
   * No more than these five: with a few handlers more V8 keeps saxes' object as a dictionary, and parsing takes seven
   * times as long. Comments and processing instructions are held in bounds by write().
   */
  #listen(): void {
    const parser = this.#parser;
    parser.on("doctype", () => this.#fail("doctype", "a DOCTYPE is not accepted; ask for the export without one"));
    parser.on("opentag", ({ name, attributes }) => this.#onOpen(toLocalName(name), Object.keys(attributes)));
    parser.on("closetag", ({ name }) => this.#onClose(toLocalName(name)));
    parser.on("text", (text) => this.#onText(text));
    parser.on("cdata", (text) => this.#onText(text));
  }

  #onOpen(name: string, names: readonly string[]): void {
    this.#sawRoot = true;
    if (names.length > this.#limits.attributes) {
      this.#fail("too-many", `an element has more than ${this.#limits.attributes} attributes`);
    }
    if (this.path.depth >= this.#limits.depth) {
      this.#fail("too-deep", `elements are more than ${this.#limits.depth} deep inside one another`);
    }
    this.path.push(name);
    this.#sink.open(name, names.length === 0 ? 0 : names.filter(isOwnAttribute).length);
    this.#mark();
  }

  #onClose(name: string): void {
    this.#sink.close(name);
    this.path.pop();
    this.#mark();
  }

  /** The next element begins behind this tag: its offset is noted now, while this text is at hand. */
  #mark(): void {
    const position = this.#parser.position;
    this.#lastEnd = position;
    if (this.path.depth > placedDepth || this.#piece === undefined || this.#charset === undefined) return;
    const end = Math.max(0, position - this.#pieceStart);
    this.#countedBytes += this.#isByteACharacter
      ? end - this.#counted
      : encodedLength(this.#piece.text.slice(this.#counted, end), this.#charset);
    this.#counted = end;
    this.path.offset = this.#piece.offset + this.#countedBytes;
  }

  #onText(text: string): void {
    this.#lastEnd = this.#parser.position;
    if (text.length > this.#limits.textLength) this.#failTooLong();
    if (this.path.depth > 0) this.#sink.text(text);
  }

  #failTooLong(): never {
    this.#fail("too-long", `a text, name or comment is longer than ${this.#limits.textLength} characters`);
  }

  #failMalformed(message: string): never {
    if (this.#isEnding)
      this.#fail("truncated", "the XML ends before its root element is closed: the file was cut; ask for it again");
    this.#fail("malformed", `not well-formed XML: ${explainXmlFault(message)}`);
  }

  #fail(reason: UnparsableReason, problem: string): never {
    const place: Place = this.path.place;
    throw new UnparsableFile(reason, place, problem);
  }
}

/** Longer than any of the five entities and any character reference that is written with some leading zeros. */
const longestEntity = 16;

/** saxes reports a fault and goes on, or throws an Error that cannot be told from any other; this one ends at once. */
const noNames: readonly string[] = [];

class StrictSaxes extends PlainSaxes {
  readonly #onFault: (message: string) => never;

  constructor(plain: PlainMarkup, onFault: (message: string) => never) {
    super(plain);
    this.#onFault = onFault;
  }

  override fail(message: string): this {
    return this.#onFault(message);
  }

  /**
   * saxes reads an entity's name up to the next semicolon, however far that is, so a bare `&` would look like a file
   * that was cut. Its state is read, since it tells of it in no other way.
   */
  checkEntity(): void {
    const entity: unknown = Reflect.get(this, "entity");
    if (typeof entity === "string" && entity.length > longestEntity) this.fail("empty entity name");
  }

  /** Characters of the markup or text that is being read and not complete yet. Read from its state, like the entity. */
  heldLength(): number {
    const parts: unknown[] = ["text", "name", "piTarget"].map((key) => Reflect.get(this, key));
    const attributes: unknown = Reflect.get(this, "attribList");
    const held = parts.reduce((sum: number, part) => sum + (typeof part === "string" ? part.length : 0), 0);
    return held + (Array.isArray(attributes) ? JSON.stringify(attributes).length : 0);
  }
}

function isOwnAttribute(name: string): boolean {
  return name !== "xmlns" && !name.includes(":");
}

function toLocalName(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
}
