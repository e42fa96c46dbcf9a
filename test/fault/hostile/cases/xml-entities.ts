import assert from "node:assert/strict";
import { type HostileCase, type HostileKind, refused, taken, word } from "../hostile-case.ts";
import { fileDump, message } from "../make/xml.ts";

const declaration = '<?xml version="1.0"?>\n';
const doctype = (name: string, subset: string): HostileCase =>
  refused(name, "day.xml", () => fileDump(message("&a;"), `${declaration}${subset}`), "doctype", {
    says: /DOCTYPE is not accepted/,
  });

const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");

const cases: HostileCase[] = [
  doctype("a billion laughs", `<!DOCTYPE FileDump [<!ENTITY l0 "${word}">${laughs}<!ENTITY a "&l9;">]>`),
  doctype("quadratic blow-up by one long entity", `<!DOCTYPE FileDump [<!ENTITY a "${word.repeat(10_000)}">]>`),
  doctype(
    "an external entity that names a local file",
    '<!DOCTYPE FileDump [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
  ),
  doctype("an external entity that calls home", '<!DOCTYPE FileDump [<!ENTITY a SYSTEM "http://127.0.0.1:1/x">]>'),
  doctype("a parameter entity", '<!DOCTYPE FileDump [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>'),
  doctype("an external DTD", '<!DOCTYPE FileDump SYSTEM "http://127.0.0.1:1/dump.dtd">'),
  doctype("a public DTD", '<!DOCTYPE FileDump PUBLIC "-//X//Y" "http://127.0.0.1:1/dump.dtd">'),
  doctype("an empty DOCTYPE", "<!DOCTYPE FileDump>"),
  doctype("a DOCTYPE in lower case", "<!doctype FileDump []>"),
  doctype("a DOCTYPE behind comments", `<!-- ${word} --><!-- - --><!DOCTYPE FileDump>`),
  doctype("a DOCTYPE behind a processing instruction", `<?${word} a?b?><!DOCTYPE FileDump>`),
  doctype("default attributes by an internal subset", `<!DOCTYPE FileDump [<!ATTLIST Message x CDATA "${word}">]>`),
  refused(
    "a DOCTYPE of half a megabyte",
    "day.xml",
    () => fileDump("", `<!DOCTYPE FileDump [<!-- ${word.repeat(90_000)} -->]>`),
    "doctype",
  ),
  refused(
    "a DOCTYPE that is never closed",
    "day.xml",
    () => `<!DOCTYPE FileDump [<!ENTITY a "${word.repeat(50_000)}`,
    "doctype",
  ),
  refused(
    "a DOCTYPE behind a prolog that is longer than detection looks",
    "day.xml",
    () => fileDump("", `<!-- ${" ".repeat(70_000)} --><!DOCTYPE FileDump>`),
    "doctype",
    { connector: { format: "filedump-actiance" } },
  ),
  refused("a DOCTYPE in the middle of the document", "day.xml", () => fileDump("<!DOCTYPE FileDump>"), "malformed"),
  refused("an entity that nobody declared", "day.xml", () => fileDump(message(`&${word};`)), "malformed", {
    says: /not one of XML's five/,
  }),
  refused("HTML's entities", "day.xml", () => fileDump(message(`${word}&nbsp;`)), "malformed", {
    says: /not one of XML's five/,
  }),
  refused("a bare ampersand", "day.xml", () => fileDump(message(`${word} & co`)), "malformed", { says: /&amp;/ }),
  refused(
    "an ampersand that eats the file",
    "day.xml",
    () => fileDump(message(`&${word.repeat(100_000)}`)),
    "malformed",
  ),
  refused("a reference to NUL", "day.xml", () => fileDump(message("&#0;")), "malformed", {
    says: /no valid character/,
  }),
  refused("a reference to half a surrogate pair", "day.xml", () => fileDump(message("&#xD800;")), "malformed"),
  refused("a reference beyond Unicode", "day.xml", () => fileDump(message("&#x110000;")), "malformed"),
  refused(
    "a reference of a thousand digits",
    "day.xml",
    () => fileDump(message(`&#${"9".repeat(1000)};`)),
    "malformed",
  ),
  refused("a reference to a control character", "day.xml", () => fileDump(message("&#x1;")), "malformed"),
  refused(
    "an entity in an attribute",
    "day.xml",
    () => fileDump().replace(`Perspective="${word}"`, 'Perspective="&x;"'),
    "malformed",
  ),
  taken(
    "a file whose text talks of entities",
    "day.xml",
    () => fileDump(message(`&lt;!ENTITY a "${word}"&gt; &amp;a; &#38;amp;`)),
    1,
    ([mail]) => {
      assert.equal(mail?.text, `<!ENTITY a "${word}"> &a; &amp;`);
    },
  ),
];

/** Entities and DOCTYPEs: what expands, and what fetches. */
export const xmlEntities: HostileKind = { kind: "XML entities and DOCTYPEs", cases };
