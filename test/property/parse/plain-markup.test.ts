import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { decodeText } from "../../../shared/parse/decode-text.ts";
import { defaultParseLimits } from "../../../shared/parse/parse-limits.ts";
import { PlainSaxes } from "../../../shared/parse/plain-markup.ts";
import { UnparsableFile } from "../../../shared/parse/unparsable-file.ts";
import type { XmlPath } from "../../../shared/parse/xml-path.ts";
import { XmlReader } from "../../../shared/parse/xml-reader.ts";

const name = fc.constantFrom("Message", "Content", "a", "b-c.d_1", "x:Message", "_", "Größe", "Conversation");
const piece = fc.constantFrom(
  ...["hello", " ", "\n  ", "\r\n", "\r", "\t", "]", "]]", ">", "'", '"', "ü", "€", "😀", "\ufeff", "\u2028", "\u00a0"],
  ...[
    "&amp;",
    "&lt;",
    "&#38;",
    "&#x1F600;",
    "<![CDATA[a < b ]] > c]]>",
    "<!-- <Message> -->",
    "<?pi <a> ?>",
    "x".repeat(70),
  ],
);
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
const attributes = fc.constantFrom(
  "",
  "",
  "",
  "",
  " ",
  ' p="1"',
  " q='>'",
  ' xsi:nil="true"',
  "\n",
  ' p="a\nb" q="&lt;"',
);
const tree = fc.letrec<{ element: string; content: string }>((tie) => ({
  content: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    text,
    tie("element"),
    fc.tuple(tie("content"), tie("content")).map((two) => two.join("")),
  ),
  element: fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(name, attributes, tie("content"), fc.constantFrom("", "", "", " ", "\r\n"))
        .map(([tag, given, inner, space]) => `<${tag}${given}>${inner}</${tag}${space}>`),
    },
    { weight: 1, arbitrary: fc.tuple(name, attributes).map(([tag, given]) => `<${tag}${given}/>`) },
  ),
}));
const document = fc.tuple(
  fc.constantFrom("", '<?xml version="1.0"?>\r\n', "\ufeff<!-- c -->\n"),
  tree.element,
  fc.constantFrom("", "\n", "<!-- e -->"),
);
/** What is put somewhere into a document, in the place of some of its characters. */
const damage = fc.tuple(
  fc.nat(),
  fc.nat({ max: 3 }),
  fc.constantFrom(
    "",
    "",
    "<",
    ">",
    "/",
    "&",
    "]]>",
    "</a>",
    "<a>",
    "\u0000",
    "\u001f",
    "\ufffe",
    "=",
    " ",
    "<Message>",
    ":",
  ),
);

interface Told {
  readonly events: string[];
  readonly failed: boolean;
}

/** As the reader tells it: names without prefixes, own attributes counted, texts put together, where things begin. */
class Teller {
  readonly events: string[] = [];
  #text = "";

  tell(event: string): void {
    this.flush();
    this.events.push(event);
  }

  text(text: string): void {
    this.#text += text;
  }

  flush(): void {
    if (this.#text !== "") this.events.push(`text ${this.#text}`);
    this.#text = "";
  }
}

async function read(bytes: Uint8Array, size: number): Promise<Told> {
  const teller = new Teller();
  let path: XmlPath | undefined;
  const reader = new XmlReader(defaultParseLimits, new Set(["Message"]), (ours) => {
    path = ours;
    return {
      open: (element, attributes) => teller.tell(`open ${element} ${attributes} at ${ours.offset}`),
      text: (part) => teller.text(part),
      close: (element) => teller.tell(`close ${element} at ${ours.offset}`),
    };
  });
  try {
    for await (const piece of decodeText(inPieces(bytes, size))) reader.write(piece);
    reader.end();
    teller.flush();
    return { events: [...teller.events, `ends at ${path?.offset}`], failed: false };
  } catch (error) {
    if (!(error instanceof UnparsableFile)) throw error;
    return { events: teller.events, failed: true };
  }
}

/** saxes alone, all at once. */
function readBySaxes(bytes: Uint8Array): Told {
  const source = Buffer.from(bytes).toString();
  const teller = new Teller();
  const parser = new SaxesParser({ position: false, defaultXMLVersion: "1.0", forceXMLVersion: true });
  let [depth, offset, failed] = [0, 0, false];
  const mark = () => {
    if (depth <= 2) offset = Buffer.byteLength(source.slice(0, parser.position));
  };
  parser.on("error", () => {
    failed = true;
    throw new Error("fault");
  });
  parser.on("opentag", ({ name: full, attributes }) => {
    depth += 1;
    const own = Object.keys(attributes).filter((key) => key !== "xmlns" && !key.includes(":"));
    teller.tell(`open ${full.slice(full.indexOf(":") + 1)} ${own.length} at ${offset}`);
    mark();
  });
  parser.on("closetag", ({ name: full }) => {
    teller.tell(`close ${full.slice(full.indexOf(":") + 1)} at ${offset}`);
    depth -= 1;
    mark();
  });
  const onText = (part: string) => {
    if (depth > 0) teller.text(part);
  };
  parser.on("text", onText);
  parser.on("cdata", onText);
  try {
    parser.write(source);
    parser.close();
    teller.flush();
    return { events: [...teller.events, `ends at ${offset}`], failed };
  } catch (error) {
    if (!failed) throw error;
    return { events: teller.events, failed };
  }
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("the plain parts of a document are read as saxes reads them", () => {
  test("documents of all that XML has", async () => {
    const cases = fc.asyncProperty(document, fc.integer({ min: 1, max: 80 }), async (parts, size) => {
      const bytes = Buffer.from(parts.join(""));
      assert.deepEqual(await read(bytes, 1024 + size), readBySaxes(bytes));
      assert.deepEqual(await read(bytes, size), readBySaxes(bytes));
    });
    await fc.assert(cases, { numRuns: 1_500 });
  });

  test("damaged documents fail at the same place", async () => {
    let failed = 0;
    const cases = fc.asyncProperty(
      document,
      damage,
      fc.integer({ min: 1, max: 80 }),
      async (parts, [at, cut, put], size) => {
        const whole = parts.join("");
        const place = at % whole.length;
        const bytes = Buffer.from((whole.slice(0, place) + put + whole.slice(place + cut)).toWellFormed());
        const expected = readBySaxes(bytes);
        if (expected.failed) failed += 1;
        // A fault that lies within a text is told before or after the text's first part: what it is a part of is the same.
        assert.deepEqual(await read(bytes, size), expected);
      },
    );
    await fc.assert(cases, { numRuns: 3_000 });
    assert.ok(failed > 500, `only ${failed} documents were damaged`);
  });

  test("they are found where saxes keeps its place", () => {
    const told: string[] = [];
    const saxes = new PlainSaxes({
      open: (element) => told.push(`<${element}>`),
      text: (part) => told.push(part),
      close: (element) => told.push(`</${element}>`),
    });
    saxes.write("<FileDump><Message>one\r\n two</Message>&amp;<Content>three</Content></FileDump>").close();
    assert.deepEqual(told, ["<Message>", "one\n two", "</Message>", "<Content>", "three", "</Content>"]);
  });
});
