import { SaxesParser } from "saxes";

/** What is told of the plain parts of a document, in the order of the document. */
export interface PlainMarkup {
  /** An element without attributes and without a prefix has begun. */
  open(name: string): void;
  text(text: string): void;
  /** The innermost element, which has no prefix, has ended. */
  close(name: string): void;
}

/** Where saxes 6 is in its document; it has no other way in. */
interface SaxesState {
  readonly plain: PlainReader;
  readonly chunk: string;
  i: number;
  readonly text: string;
  readonly forbiddenState: number;
  readonly tags: PlainTag[];
}

interface PlainTag {
  readonly name: string;
  readonly attributes: object;
  readonly isSelfClosing: boolean;
  /** Only of elements that began here. */
  readonly isPlain?: boolean;
}

/** In these states a text has just begun: nothing of it is held, and no `]` went before. */
const noForbiddenState = 0;
/** What XML has no room for, and pairs of surrogates. Together with `&` it would take three times as long to look for. */
const odd = /[^\t\n\r -\ud7ff\ue000-\ufffd]/g;
const plainName = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const [slash, greater] = [0x2f, 0x3e];
/** Of names by their length and first letter: a format has some dozens. */
const nameSlots = 8_192;
const noAttributes: object = Object.freeze(Object.create(null));

/**
 * Reads the plain parts of a document, which are nearly all of it, from tag to tag: texts without references, elements
 * without attributes. saxes looks at each character by itself and takes three times as long. Whatever is not plain is left to
 * saxes, and so is every judgement: nothing is accepted here that saxes would not take in the same way.
 */
export class PlainReader {
  readonly #markup: PlainMarkup;
  readonly #names: string[] = new Array<string>(nameSlots).fill("");
  #chunk = "";
  readonly #reference = new Next((chunk, from) => chunk.indexOf("&", from));
  readonly #endOfCdata = new Next((chunk, from) => chunk.indexOf("]]>", from));
  readonly #oddity = new Next(findOdd);
  readonly #return = new Next((chunk, from) => chunk.indexOf("\r", from));
  /** The first place that only saxes may judge. */
  #stop = -1;

  constructor(markup: PlainMarkup) {
    this.#markup = markup;
  }

  /** Reads on in saxes' chunk, inside of the root element, up to what is not plain. */
  read(saxes: SaxesState): void {
    const { chunk } = saxes;
    if (chunk !== this.#chunk) this.#enter(chunk);
    while (saxes.text === "" && saxes.forbiddenState === noForbiddenState) {
      const start = saxes.i;
      const open = chunk.indexOf("<", start);
      if (open === -1 || !this.#isPlain(start, open)) return;
      if (open > start) {
        saxes.i = open + 1;
        this.#markup.text(this.#toText(start, open));
        saxes.i = open;
      }
      if (!this.#readTag(saxes, open + 1)) return;
    }
  }

  #enter(chunk: string): void {
    this.#chunk = chunk;
    this.#stop = -1;
    for (const next of [this.#reference, this.#endOfCdata, this.#oddity, this.#return]) next.forget();
  }

  #isPlain(start: number, end: number): boolean {
    if (this.#stop < start) {
      const stops = [this.#reference, this.#endOfCdata, this.#oddity].map((next) => next.from(this.#chunk, start));
      this.#stop = Math.min(...stops);
    }
    return this.#stop >= end;
  }

  /** With its line ends as XML has them (XML 1.0, 2.11). */
  #toText(start: number, end: number): string {
    const text = this.#chunk.slice(start, end);
    return this.#return.from(this.#chunk, start) < end ? text.replaceAll(/\r\n?/g, "\n") : text;
  }

  /** Whether the tag that begins behind its `<` was plain, and was read. */
  #readTag(saxes: SaxesState, at: number): boolean {
    return this.#chunk.charCodeAt(at) === slash ? this.#readClose(saxes, at + 1) : this.#readOpen(saxes, at);
  }

  #readOpen(saxes: SaxesState, at: number): boolean {
    const end = this.#chunk.indexOf(">", at);
    const name = end === -1 ? undefined : this.#toName(at, end);
    if (name === undefined) return false;
    saxes.i = end + 1;
    this.#markup.open(name);
    saxes.tags.push({ name, attributes: noAttributes, isSelfClosing: false, isPlain: true });
    return true;
  }

  /** The end of the root element, and an end that is not the innermost element's, are saxes' own. */
  #readClose(saxes: SaxesState, at: number): boolean {
    const { tags } = saxes;
    const innermost = tags.at(-1);
    if (innermost?.isPlain !== true || tags.length < 2) return false;
    const { name } = innermost;
    const end = at + name.length;
    if (this.#chunk.charCodeAt(end) !== greater || !this.#chunk.startsWith(name, at)) return false;
    saxes.i = end + 1;
    tags.pop();
    this.#markup.close(name);
    return true;
  }

  /** The name between two places, the same string each time: it is made and hashed once. */
  #toName(start: number, end: number): string | undefined {
    // `<>` has none.
    if (end === start) return undefined;
    const slot = (((end - start) << 7) | this.#chunk.charCodeAt(start)) & (nameSlots - 1);
    const known = this.#names[slot] ?? "";
    if (known.length === end - start && this.#chunk.startsWith(known, start)) return known;
    const name = this.#chunk.slice(start, end);
    if (!plainName.test(name)) return undefined;
    this.#names[slot] = name;
    return name;
  }
}

/** Where the next of something is in a chunk: looked for once, however often it is asked for. */
class Next {
  readonly #find: (chunk: string, from: number) => number;
  #at = -1;

  constructor(find: (chunk: string, from: number) => number) {
    this.#find = find;
  }

  /** Another chunk begins. */
  forget(): void {
    this.#at = -1;
  }

  /** The first at or behind a place; far behind the chunk when there is none. Places must not decrease. */
  from(chunk: string, place: number): number {
    if (this.#at >= place) return this.#at;
    const found = this.#find(chunk, place);
    this.#at = found === -1 ? Number.POSITIVE_INFINITY : found;
    return this.#at;
  }
}

function findOdd(chunk: string, from: number): number {
  odd.lastIndex = from;
  return odd.exec(chunk)?.index ?? -1;
}

/** saxes' own reading of a text inside of the root element. */
const readText: unknown = Reflect.get(SaxesParser.prototype, "handleTextInRoot");

/** A parser of which the plain parts are read by `plain`. */
export class PlainSaxes extends SaxesParser {
  readonly plain: PlainReader;

  constructor(markup: PlainMarkup) {
    super({ position: false, defaultXMLVersion: "1.0", forceXMLVersion: true });
    this.plain = new PlainReader(markup);
  }

  static {
    if (typeof readText === "function") {
      const read = readText;
      Reflect.defineProperty(PlainSaxes.prototype, "handleTextInRoot", {
        value: function (this: SaxesState): void {
          this.plain.read(this);
          if (this.i < this.chunk.length) Reflect.apply(read, this, []);
        },
      });
    }
  }
}
