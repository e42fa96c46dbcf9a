import assert from "node:assert/strict";
import { SaxesParser } from "saxes";
import type { GraphMessage } from "../../../shared/import/email-item.ts";

/** An item as somebody finds it in a mailbox. */
export interface Mail {
  readonly subject: string;
  /** The chat's text as it is shown. */
  readonly text: string;
  /** The rows above the text, by their labels. */
  readonly rows: ReadonlyMap<string, string>;
  /** Everything that the body shows. */
  readonly shown: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly attachments: readonly { readonly name: string; readonly contentType: string; readonly bytes: Buffer }[];
}

/** What the body may be made of: nothing that runs, loads, links or sends. */
const elements = new Set(["html", "head", "meta", "body", "table", "tr", "td", "div", "ul", "li", "i", "hr", "br"]);
const attributes = new Set(["style", "charset"]);
const plainAddress = /^[!-?A-~]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

/** Reads an item, and checks what must hold for every item whatever somebody wrote into a chat. */
export function toMail(message: GraphMessage): Mail {
  checkHeader(message);
  return { ...readBody(message.body.content), ...headerOf(message) };
}

function headerOf({ subject, from, toRecipients, attachments = [] }: GraphMessage) {
  return {
    subject,
    from: from?.emailAddress.address ?? "",
    to: toRecipients.map(({ emailAddress }) => emailAddress.address),
    attachments: attachments.map(({ name, contentType, contentBytes }) => ({
      name,
      contentType,
      bytes: Buffer.from(contentBytes, "base64"),
    })),
  };
}

/** Throws unless each value is fit for a header: one line, no controls, whole characters, addresses that are some. */
export function checkHeader({ subject, from, sender, toRecipients, attachments = [] }: GraphMessage): void {
  const people = [from, sender, ...toRecipients].flatMap((one) => (one === undefined ? [] : [one.emailAddress]));
  const lines = [subject, ...people.map(({ name }) => name), ...attachments.map(({ name }) => name)];
  for (const line of lines) {
    assert.ok(line.isWellFormed(), "half a surrogate pair in a header");
    assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029\ufffe\uffff]/u, "a control character in a header");
  }
  assert.ok(subject.length <= 255, `a subject of ${subject.length}`);
  for (const { address } of people) assert.match(address, plainAddress);
  for (const { name } of attachments)
    assert.doesNotMatch(name, /[\\/:*?"<>|\u202a-\u202e\u2066-\u2069]/, "a path in a name");
  for (const { contentType } of attachments) assert.match(contentType, /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/);
}

/**
 * Reads a body with a strict parser. The product's only unclosed elements are closed for it first: text cannot hold one,
 * because a `<` that was not escaped would break the parser or show as an element that is not allowed.
 */
function readBody(html: string): Pick<Mail, "text" | "rows" | "shown"> {
  const reader = new BodyReader();
  const parser = new SaxesParser({ fragment: false });
  parser.on("error", (error) => {
    throw new Error("the body is not well formed", { cause: error });
  });
  parser.on("opentag", ({ name, attributes: given }) => reader.open(name, given));
  parser.on("closetag", ({ name }) => reader.close(name));
  parser.on("text", (text) => reader.add(text));
  parser
    .write(html.replaceAll("<br>", "<br/>").replaceAll("<hr>", "<hr/>").replace('<meta charset="utf-8">', ""))
    .close();
  return reader.end();
}

class BodyReader {
  readonly #rows = new Map<string, string>();
  readonly #path: string[] = [];
  #cells: string[] = [];
  #divs = 0;
  #text = "";
  #shown = "";
  #isAfterBreak = false;

  open(name: string, given: Readonly<Record<string, unknown>>): void {
    assert.ok(elements.has(name), `<${name}> in a body`);
    for (const attribute of Object.keys(given)) assert.ok(attributes.has(attribute), `${attribute}= in a body`);
    assert.doesNotMatch(JSON.stringify(given["style"] ?? ""), /url|expression|import|javascript/i);
    if (name === "td") this.#cells.push("");
    if (name === "tr") this.#cells = [];
    if (name === "div") this.#divs += 1;
    if (name === "br") this.#add("\n");
    this.#isAfterBreak = name === "br";
    if (name !== "br") this.#path.push(name);
  }

  close(name: string): void {
    if (name === "br") return;
    this.#path.pop();
    const [label, value] = this.#cells;
    if (name === "tr" && label !== undefined) this.#rows.set(label, value ?? "");
  }

  /** The line feed behind a `<br>` is there for who reads the source. */
  add(text: string): void {
    this.#add(this.#isAfterBreak && text.startsWith("\n") ? text.slice(1) : text);
    this.#isAfterBreak = false;
  }

  end(): Pick<Mail, "text" | "rows" | "shown"> {
    return { text: this.#text, rows: this.#rows, shown: this.#shown };
  }

  #add(text: string): void {
    this.#shown += text;
    if (this.#path.includes("td")) this.#cells[this.#cells.length - 1] += text;
    if (this.#path.includes("div") && this.#divs === 1) this.#text += text;
  }
}
