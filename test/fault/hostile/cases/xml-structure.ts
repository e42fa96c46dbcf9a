import assert from "node:assert/strict";
import { cut, type HostileCase, type HostileKind, heavy, refused, taken, word } from "../hostile-case.ts";
import { ann, bob, conversation, fileDump, joined, message, sentAt } from "../make/xml.ts";

const xml = "day.xml";
const whole = fileDump();
const actiance = { connector: { format: "filedump-actiance" } } as const;
const inside = (from: string, to: string): string => whole.replace(from, to);
const mebi = 1024 * 1024;
const manyAttributes = (count: number): string => Array.from({ length: count }, (_, i) => ` a${i}="${word}"`).join("");

const depth: HostileCase[] = [
  refused(
    "100,000 elements inside one another in a text",
    xml,
    () => fileDump(message("<b>".repeat(100_000))),
    "unknown-element",
  ),
  refused(
    "100,000 elements inside one another at the root",
    xml,
    () => `<FileDump>${"<a>".repeat(100_000)}`,
    "unknown-element",
  ),
  refused(
    "100,000 conversations inside one another",
    xml,
    () => `<FileDump>${"<Conversation>".repeat(100_000)}`,
    "unknown-element",
  ),
  refused("a million closing tags", xml, () => `${whole}${"</a>".repeat(1_000_000)}`, "malformed"),
  refused("an event inside an event", xml, () => fileDump(`<Message>${message()}</Message>`), "unknown-element"),
];

const giants: HostileCase[] = [
  refused(
    "an element with 65 attributes",
    xml,
    () => inside("<Message>", `<Message${manyAttributes(65)}>`),
    "too-many",
    { says: /64 attributes/ },
  ),
  taken("an element with 64 attributes", xml, () => inside("<Message>", `<Message${manyAttributes(64)}>`), 1),
  refused(
    "an element with 50,000 attributes",
    xml,
    () => inside("<Message>", `<Message${manyAttributes(50_000)}>`),
    "too-many",
  ),
  refused(
    "an attribute of 3 MiB",
    xml,
    () => inside("<Message>", `<Message a="${word.repeat(mebi / 2)}">`),
    "too-long",
  ),
  refused("an element's name of 3 MiB", xml, () => inside("<Message>", `<${word.repeat(mebi / 2)}>`), "too-long"),
  refused(
    "an attribute's name of 3 MiB",
    xml,
    () => inside("<Message>", `<Message ${word.repeat(mebi / 2)}="">`),
    "too-long",
  ),
  refused("a prefix of 3 MiB", xml, () => inside("<Message>", `<${word.repeat(mebi / 2)}:Message>`), "too-long"),
  refused("a text of one character more than 1 MiB", xml, () => fileDump(message("x".repeat(mebi + 1))), "too-long", {
    says: /1048576 characters/,
  }),
  taken(
    "a text of 1 MiB",
    xml,
    () => fileDump(message(word + "x".repeat(mebi - word.length))),
    1,
    ([mail]) => {
      assert.equal(mail?.text.length, mebi);
    },
  ),
  refused(
    "a text of 3 MiB made of pieces",
    xml,
    () => fileDump(message(`${"x".repeat(1000)}<![CDATA[${word}]]>`.repeat(3000))),
    "too-long",
  ),
  refused("a CDATA section of 3 MiB", xml, () => fileDump(message(`<![CDATA[${word.repeat(mebi / 2)}]]>`)), "too-long"),
  refused("a comment of 3 MiB", xml, () => inside("<Message>", `<!--${word.repeat(mebi / 2)}--><Message>`), "too-long"),
  refused(
    "a processing instruction of 3 MiB",
    xml,
    () => inside("<Message>", `<?${word} ${word.repeat(mebi / 2)}?><Message>`),
    "too-long",
  ),
  refused("a comment of 3 MiB before the root", xml, () => `<!--${word.repeat(mebi / 2)}-->${whole}`, "too-long", {
    says: /64 KiB/,
    ...actiance,
  }),
  taken(
    "3 MiB of short comments with nothing between them",
    xml,
    () => inside("<Message>", `${`<!--${word}-->`.repeat(230_000)}<Message>`),
    1,
  ),
  taken(
    "3 MiB of short processing instructions with nothing between them",
    xml,
    () => inside("<Message>", `${`<?x ${word}?>`.repeat(260_000)}<Message>`),
    1,
  ),
  taken(
    "3 MiB of space between elements",
    xml,
    () =>
      inside("<Message>", `${" ".repeat(mebi - 10)}<Message>`).replace(
        "</FileDump>",
        `${"\n".repeat(mebi - 10)}</FileDump>\n`,
      ),
    1,
  ),
  refused("a login name of 257 characters", xml, () => fileDump(message(word, sentAt, "x".repeat(257))), "too-long", {
    says: /LoginName/,
  }),
  refused(
    "an address of 321 characters",
    xml,
    () =>
      fileDump(message(`${word}</Content><CorporateEmailID>${"x".repeat(310)}@a.example</CorporateEmailID><Content>`)),
    "repeated-field",
  ),
  refused(
    "a mail address longer than any can be",
    xml,
    () => inside("</LoginName>", `</LoginName><CorporateEmailID>${"x".repeat(310)}@acme.example</CorporateEmailID>`),
    "too-long",
    { says: /CorporateEmailID/ },
  ),
  refused("a room's name of 1,025 characters", xml, () => inside(`${word} room`, "r".repeat(1025)), "too-long", {
    says: /RoomID/,
  }),
  heavy(
    taken(
      "100,000 conversations without an event",
      xml,
      () => `<FileDump>${"<Conversation></Conversation>".repeat(100_000)}</FileDump>`,
      0,
    ),
  ),
  taken(
    "100,000 unknown fields in one event",
    xml,
    () => inside("<Content>", `${`<PreviewsPost>${word}</PreviewsPost>`.repeat(100_000)}<Content>`),
    1,
  ),
];

const broken: HostileCase[] = [
  cut("an end in the middle of a text", xml, () => whole.slice(0, whole.indexOf(`${word} text`) + 3)),
  cut("an end in the middle of a tag", xml, () => whole.slice(0, whole.indexOf("</Content>") + 4)),
  cut("an end before the root is closed", xml, () => whole.slice(0, -"</FileDump>".length)),
  cut(
    "an end inside a CDATA section",
    xml,
    () => `${whole.slice(0, whole.indexOf("<Content>"))}<Content><![CDATA[${word}`,
  ),
  cut("an end inside a comment", xml, () => `${whole.slice(0, whole.indexOf("<Content>"))}<!-- ${word}`),
  cut("an end inside an attribute", xml, () => whole.slice(0, whole.indexOf("Perspective") + 14)),
  cut("an end inside a reference", xml, () => `${whole.slice(0, whole.indexOf("<Content>"))}<Content>a &am`),
  cut("an end inside the XML declaration", xml, () => '<?xml version="1.0" enc'),
  cut("an end inside the root's name", xml, () => '<?xml version="1.0"?>\n<FileDu'),
  refused("tags that cross", xml, () => fileDump("<Message><LoginName>a</Message></LoginName>"), "malformed", {
    says: /does not match/,
  }),
  refused("a closing tag in another case", xml, () => inside("</Content>", "</content>"), "malformed"),
  refused("a second root", xml, () => `${whole}${whole.slice(whole.indexOf("<FileDump>"))}`, "malformed", {
    says: /more than one root/,
  }),
  refused("text behind the root", xml, () => `${whole}${word}`, "malformed"),
  refused("text before the root", xml, () => `${word} ${whole}`, "unknown-format"),
  refused(
    "an attribute given twice",
    xml,
    () => inside('Perspective="', 'Perspective="x" Perspective="'),
    "malformed",
    { says: /given twice/ },
  ),
  refused(
    "an attribute without quotes",
    xml,
    () => inside(`Perspective="${word}"`, `Perspective=${word}`),
    "malformed",
  ),
  refused("a < in an attribute", xml, () => inside(`"${word}"`, `"${word}<"`), "malformed"),
  refused("a < that was not escaped in a text", xml, () => fileDump(message(`${word} a<b`)), "malformed"),
  refused("a > behind two brackets in a text", xml, () => fileDump(message(`${word} ]]> `)), "malformed"),
  refused("two hyphens in a comment", xml, () => fileDump(`<!-- ${word} -- -->${message()}`), "malformed"),
  refused(
    "an XML declaration in the middle",
    xml,
    () => inside("<Message>", '<?xml version="1.0"?><Message>'),
    "malformed",
  ),
  refused("an XML declaration behind a space", xml, () => ` ${whole}`, "malformed"),
  refused("XML 2.0", xml, () => whole.replace("1.0", "2.0"), "malformed", { says: /XML declaration/ }),
  refused("a NUL in a tag", xml, () => inside("<Content>", "<Con\0tent>"), "malformed"),
];

const shape: HostileCase[] = [
  taken("XML 1.1 declared", xml, () => whole.replace("1.0", "1.1"), 1),
  taken(
    "prefixes and namespaces on everything",
    xml,
    () =>
      inside("<FileDump>", '<x:FileDump xmlns:x="urn:a" xmlns="urn:b">')
        .replace("</FileDump>", "</x:FileDump>")
        .replaceAll("Content>", "x:Content>"),
    1,
  ),
  taken("prefixes that nobody declared", xml, () => whole.replaceAll(/(<\/?)(?=[A-Z])/g, "$1q:"), 1),
  taken(
    "processing instructions between fields",
    xml,
    () => inside("<Content>", `<?xml-stylesheet href="http://127.0.0.1:1/"?><?${word}?><Content>`),
    1,
  ),
  taken(
    "a text split by comments and CDATA sections",
    xml,
    () => fileDump(message(`${word} a<!-- b --><![CDATA[<c>]]>&amp;d<?e f?>`)),
    1,
    ([mail]) => {
      assert.equal(mail?.text, `${word} a<c>&d`);
    },
  ),
  taken(
    "CDATA that talks of its own end",
    xml,
    () => fileDump(message(`<![CDATA[${word}]]]]><![CDATA[>]]>`)),
    1,
    ([mail]) => {
      assert.equal(mail?.text, `${word}]]>`);
    },
  ),
  taken("no conversation at all", xml, () => "<FileDump/>", 0),
  taken("a room in which nobody says a word", xml, () => fileDump(""), 0),
  taken("an unknown element that only holds text", xml, () => inside("<Content>", `<Mood>${word}</Mood><Content>`), 1),
  refused(
    "an unknown element with a child",
    xml,
    () => inside("<Content>", `<Mood><${word}>${word}</${word}></Mood><Content>`),
    "unknown-element",
  ),
  refused(
    "an unknown element with an attribute",
    xml,
    () => inside("<Content>", `<Mood is="${word}"/><Content>`),
    "unknown-element",
  ),
  refused(
    "an unknown event",
    xml,
    () => fileDump(`<Whisper><LoginName>${ann}</LoginName><Content>${word}</Content></Whisper>`),
    "unknown-element",
  ),
  refused("text between events", xml, () => fileDump(`${message()} ${word}`), "unexpected-text"),
  refused("CDATA between events", xml, () => fileDump(`${message()}<![CDATA[${word}]]>`), "unexpected-text"),
  refused(
    "text between conversations",
    xml,
    () => `<FileDump>${conversation(message())}${word}</FileDump>`,
    "unexpected-text",
  ),
  refused(
    "a text that comes twice",
    xml,
    () => inside("<Content>", `<Content>${word}</Content><Content>`),
    "repeated-field",
  ),
  refused(
    "a text that comes twice under two prefixes",
    xml,
    () => inside("<Content>", `<a:Content>${word}</a:Content><Content>`),
    "repeated-field",
  ),
  refused(
    "a room that comes twice",
    xml,
    () => inside("<RoomID>", `<RoomID>${word}</RoomID><RoomID>`),
    "repeated-field",
  ),
  refused("a message without text", xml, () => inside(`<Content>${word} text</Content>`, ""), "missing-field", {
    says: /Message\[1\]\/Content/,
  }),
  refused("a message without sender", xml, () => fileDump(message(word, sentAt, " ")), "missing-field", {
    says: /LoginName/,
  }),
  refused("a message without time", xml, () => fileDump(message(word, "")), "missing-field", { says: /DateTimeUTC/ }),
  refused(
    "a message in a conversation without room",
    xml,
    () => `<FileDump><Conversation>${message()}</Conversation></FileDump>`,
    "missing-field",
    { says: /RoomID must come before/ },
  ),
  refused(
    "an update of a kind that nobody knows",
    xml,
    () => inside("<Content>", `<UpdatedType>${word}</UpdatedType><Content>`),
    "bad-value",
    { says: /none of EditedOriginalMsg/ },
  ),
  refused("markup inside a text", xml, () => fileDump(message(`${word} <${word}>bold</${word}>`)), "unknown-element"),
  refused(
    "10,001 people in one room",
    xml,
    () => fileDump(Array.from({ length: 10_001 }, (_, i) => joined(`u${i}`)).join("")),
    "too-many",
    { says: /10000 people/ },
  ),
  refused(
    "10,001 transfers that never end",
    xml,
    () =>
      fileDump(
        Array.from(
          { length: 10_001 },
          (_, i) =>
            `<FileTransferStarted><LoginName>${bob}</LoginName><DateTimeUTC>${sentAt}</DateTimeUTC><FileName>/f/${i}</FileName></FileTransferStarted>`,
        ).join(""),
      ),
    "too-many",
    { says: /10000 file transfers/ },
  ),
];

/** What is wrong with the tree: depth, size, breaks, shape. */
export const xmlStructure: HostileKind = { kind: "XML structure", cases: [...depth, ...giants, ...broken, ...shape] };
