import type { Place } from "./unparsable-file.ts";

const plainName = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;
const countedDepth = 2;
const countedNames = 64;

/** An element's name if it is fit for an error text: names are structure, but a hostile one could be a page long. */
export function toShownName(name: string): string {
  return plainName.test(name) ? name : "?";
}

/** Where a reader is in an XML document, for error texts: `/FileDump/Conversation[2]/Message[14]/DateTimeUTC`. */
export class XmlPath {
  readonly #names: string[] = [];
  readonly #ordinals: number[] = [];
  readonly #counts: Map<string, number>[] = [new Map()];
  /** Byte offset at or before which the outermost thing now being read begins. */
  offset = 0;

  get depth(): number {
    return this.#names.length;
  }

  push(name: string): void {
    const depth = this.#names.length;
    this.#names.push(name);
    this.#ordinals.push(depth > 0 && depth <= countedDepth ? this.#count(depth, name) : 0);
    if (depth < countedDepth) this.#counts[depth + 1] = new Map();
  }

  pop(): void {
    this.#names.pop();
    this.#ordinals.pop();
  }

  /** Where the innermost element is. */
  get place(): Place {
    return { offset: this.offset, path: this.#steps().join("") };
  }

  /** Where the element around the innermost one is. */
  get parentPlace(): Place {
    return { offset: this.offset, path: this.#steps().slice(0, -1).join("") };
  }

  #steps(): string[] {
    return this.#names.map((name, i) => {
      const ordinal = this.#ordinals[i] ?? 0;
      return `/${toShownName(name)}${ordinal > 0 ? `[${ordinal}]` : ""}`;
    });
  }

  #count(depth: number, name: string): number {
    const counts = this.#counts[depth];
    const next = (counts?.get(name) ?? 0) + 1;
    if (counts !== undefined && (counts.has(name) || counts.size < countedNames)) counts.set(name, next);
    return next;
  }
}
