import type { Place } from "./unparsable-file.ts";

const countedDepth = 2;

/**
 * Where a reader is in an XML document, for error texts: `/FileDump/Conversation[2]/Message[14]/DateTimeUTC`. Only
 * names of the format are shown, others as `*`: in a file that forgot to escape `<` a name may be a word of the chat.
 */
export class XmlPath {
  readonly #known: ReadonlySet<string>;
  readonly #steps: string[] = [];
  /** Which of its name each step is among its neighbours; 0 where they are not counted. */
  readonly #numbers: number[] = [];
  readonly #counts: Map<string, number>[] = [new Map()];
  /** Byte offset at or before which the outermost thing now being read begins. */
  offset = 0;

  constructor(knownNames: ReadonlySet<string>) {
    this.#known = knownNames;
  }

  get depth(): number {
    return this.#steps.length;
  }

  push(name: string): void {
    const depth = this.#steps.length;
    const shown = this.#known.has(name) ? name : "*";
    this.#steps.push(shown);
    this.#numbers.push(depth > 0 && depth <= countedDepth ? this.#count(depth, shown) : 0);
    if (depth < countedDepth) this.#counts[depth + 1] = new Map();
  }

  pop(): void {
    this.#steps.pop();
    this.#numbers.pop();
  }

  /** Where the innermost element is. */
  get place(): Place {
    return { offset: this.offset, path: this.#toPath(this.depth) };
  }

  /** Where the element around the innermost one is. */
  get parentPlace(): Place {
    return { offset: this.offset, path: this.#toPath(this.depth - 1) };
  }

  #count(depth: number, shown: string): number {
    const counts = this.#counts[depth];
    const next = (counts?.get(shown) ?? 0) + 1;
    counts?.set(shown, next);
    return next;
  }

  /** Only for errors, so it is not put together for each element. */
  #toPath(depth: number): string {
    return this.#steps
      .slice(0, Math.max(0, depth))
      .map((step, i) => (this.#numbers[i] === 0 ? `/${step}` : `/${step}[${this.#numbers[i]}]`))
      .join("");
  }
}
