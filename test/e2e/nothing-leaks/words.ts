/** What a marked word stands for. */
export type Category =
  | "text"
  | "room"
  | "person"
  | "firm"
  | "attachment"
  | "site-file"
  | "member"
  | "mapping"
  | "damaged"
  | "secret"
  | "server"
  | "foreign"
  | "crash";

/** One spelling of a marked word. */
export interface Form {
  readonly category: Category;
  readonly word: string;
  readonly needle: string;
  /** Base64 tells cases apart; everything else is compared in lower case. */
  readonly isExact: boolean;
}

/** The words that a test has marked: each is different and appears nowhere else. */
export class MarkedWords {
  readonly #words = new Map<string, Category>();

  /** A new word; `more` is what follows it, such as signs that every encoding writes in its own way. */
  mark(category: Category, more = ""): string {
    const token = `zq${category.replace("-", "")}${this.#words.size}q`;
    this.#words.set(token, category);
    if (more !== "") this.#words.set(token + more, category);
    return token + more;
  }

  /** Marks a word that came from elsewhere, such as a piece of a key. */
  add(category: Category, word: string): void {
    if (word.length < 12) throw new Error("so short a word could be anywhere by chance");
    this.#words.set(word, category);
  }

  get size(): number {
    return this.#words.size;
  }

  of(category: Category): string[] {
    return [...this.#words].filter(([, own]) => own === category).map(([word]) => word);
  }

  /** Every spelling of every word. */
  forms(): Form[] {
    return [...this.#words].flatMap(([word, category]) => [
      ...[...new Set(toPlainForms(word).map((needle) => needle.toLowerCase()))].map((needle) => ({
        ...{ category, word, needle, isExact: false },
      })),
      ...[...new Set(toBase64Forms(word))].map((needle) => ({ category, word, needle, isExact: true })),
    ]);
  }
}

function toPlainForms(word: string): string[] {
  const json = JSON.stringify(word).slice(1, -1);
  const utf16 = (text: string): string =>
    text.replaceAll(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const html = word.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const hex = [Buffer.from(word).toString("hex"), Buffer.from(word, "utf16le").toString("hex")];
  const url = [encodeURI(word), encodeURIComponent(word), new URLSearchParams({ "": word }).toString().slice(1)];
  return [word, json, utf16(json), utf16(html), html, ...url, ...hex];
}

/** A word inside of a longer text begins at any of three places of a group; its outer signs hang on its neighbours. */
function toBase64Forms(word: string): string[] {
  const texts = [Buffer.from(word), Buffer.from(word, "utf16le")];
  return texts.flatMap((bytes) =>
    [0, 1, 2].flatMap((shift) => {
      const coded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
      const inner = coded.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + bytes.length) * 8) / 6));
      return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
    }),
  );
}

/** Finds marked words in texts, and counts what it has looked through. */
export class WordSearch {
  readonly #forms: readonly Form[];
  searchedInBytes = 0;

  constructor(words: MarkedWords) {
    this.#forms = words.forms();
  }

  get forms(): number {
    return this.#forms.length;
  }

  /** The words in a text that are not of `allowed`, each with the piece of text around it. */
  find(text: string, allowed: readonly Category[] = []): string[] {
    this.searchedInBytes += text.length;
    const lower = text.toLowerCase();
    return this.#forms
      .filter(({ category }) => !allowed.includes(category))
      .flatMap(({ category, word, needle, isExact }) => {
        const at = (isExact ? text : lower).indexOf(needle);
        return at < 0
          ? []
          : [`${category} word ${word}: ...${text.slice(Math.max(0, at - 120), at + needle.length + 60)}`];
      });
  }
}
