import assert from "node:assert/strict";
import { type HostileCase, type HostileKind, heavy, person, refused, taken, word } from "../hostile-case.ts";
import { csv, csvWith, quoted, record } from "../make/csv.ts";
import { fileDump, message } from "../make/xml.ts";

const shows = (name: string, said: string, shown = said): HostileCase =>
  taken(
    name,
    "day.csv",
    () => csv(record(quoted(said))),
    1,
    ([mail]) => assert.equal(mail?.text, shown),
  );

/** Control characters but tab, line feed and carriage return, which an e-mail item cannot carry. */
const controls = Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1)).filter(
  (one) => !/[\t\n\r]/.test(one),
);

const texts: HostileCase[] = [
  taken(
    "every control character in a text of a CSV",
    "day.csv",
    () => csv(record(quoted(`${word}${controls.join("")}`))),
    1,
    ([mail]) => {
      assert.equal(mail?.text, `${word}${"\ufffd".repeat(controls.length)}`);
      assert.match(
        mail?.rows.get("Note") ?? "",
        new RegExp(`cannot carry.*: ${controls.length}\\. The original: evidence/`),
      );
    },
  ),
  ...controls
    .slice(0, 4)
    .map((control) =>
      refused(
        `control character ${control.charCodeAt(0)} in an XML`,
        "day.xml",
        () => fileDump(message(`${word}${control}`)),
        "malformed",
        { says: /does not allow/ },
      ),
    ),
  refused("a NUL in an XML", "day.xml", () => fileDump(message(`${word}\0`)), "malformed", { says: /does not allow/ }),
  refused("a NUL in a CSV", "day.csv", () => csv(record(quoted(`${word}\0`))), "bad-value", { says: /NUL/ }),
  refused("a NUL in a CSV's header", "day.csv", () => csv(record()).replace("Text", "Text\0"), "unknown-format"),
  refused("U+FFFE in an XML", "day.xml", () => fileDump(message(`${word}\ufffe`)), "malformed"),
  taken(
    "U+FFFF in a CSV",
    "day.csv",
    () => csv(record(`${word}\uffff`)),
    1,
    ([mail]) => assert.equal(mail?.text, `${word}\ufffd`),
  ),
  shows("U+FFFD that somebody wrote", `${word}\ufffd`),
  shows("noncharacters of other planes", `${word}\u{1fffe}\u{10ffff}`),
  shows("private use", `${word}\ue000\u{100000}`),
  shows("a byte order mark in the middle", `${word}\ufeffx`),
  shows("zero-width characters", `${word}\u200b\u200c\u200d\u2060x`),
  shows("text that turns the direction of reading", `${word}\u202e\u2066gnp.exe\u202d`),
  shows("line separators of Unicode", `${word}\u2028a\u2029b\u0085c`),
  shows("carriage returns and line feeds", `${word}\r\na\rb\nc`, `${word}\na\nb\nc`),
  shows("a thousand combining marks on one letter", `${word}e${"\u0301".repeat(1000)}`),
  shows("emoji of many parts", `${word}👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿`),
  shows("tag characters", `${word}\u{e0041}\u{e007f}`),
  shows("C1 controls in a text", `${word}\u0080\u009f`),
  shows("escapes as JSON has them", `${word}\\ud83d\\u0000\\u202e`),
  shows("a text of spaces only", "   ", "   "),
  shows("a text that is empty", "", "(no text)"),
];

const headers: HostileCase[] = [
  taken(
    "line ends in a room's name",
    "day.csv",
    () => csvWith({ RoomName: quoted(`${word}\r\nBcc: eve@other.example\r\n\r\nhi`) }),
    1,
    ([mail]) => {
      assert.equal(mail?.subject, `ICE Chat: ${word} Bcc: eve@other.example hi - ${word} text`);
    },
  ),
  taken(
    "line ends in a sender's name",
    "day.csv",
    () => csvWith({ SenderName: quoted(`${person}\r\nSubject: x`) }),
    1,
    ([mail]) => {
      assert.match(mail?.rows.get("From") ?? "", new RegExp(`${person} Subject: x`));
    },
  ),
  taken(
    "C1 controls and DEL in a room's name",
    "day.csv",
    () => csvWith({ RoomName: quoted(`${word}\u0080\u009b31m\u007f`) }),
    1,
    ([mail]) => {
      assert.equal(mail?.subject, `ICE Chat: ${word}\ufffd\ufffd31m\ufffd - ${word} text`);
    },
  ),
  taken(
    "escape sequences of terminals in a room's name",
    "day.csv",
    () => csvWith({ RoomName: quoted(`${word}\u001b[2J\u0007`) }),
    1,
    ([mail]) => {
      assert.equal(mail?.subject, `ICE Chat: ${word}\ufffd[2J\ufffd - ${word} text`);
    },
  ),
  taken(
    "a room whose name turns the direction of reading",
    "day.csv",
    () => csvWith({ RoomName: quoted(`${word}\u202eecin`) }),
    1,
    ([mail]) => {
      assert.equal(mail?.subject, `ICE Chat: ${word}\u202eecin\u202c - ${word} text`);
    },
  ),
  taken(
    "a name with isolates and overrides that never end",
    "day.csv",
    () => csvWith({ SenderName: quoted(`${person}\u2067\u202e\u2066x`) }),
    1,
    ([mail]) => {
      assert.match(mail?.rows.get("From") ?? "", new RegExp(`${person}\u2067\u202e\u2066x\u2069\u202c\u2069`));
    },
  ),
  taken(
    "a room whose name is nothing but zero-width",
    "day.csv",
    () => csvWith({ RoomName: quoted("\u200b\u200d") }),
    1,
  ),
  taken(
    "a text of four-byte characters around the subject's end",
    "day.csv",
    () => csv(record("😀".repeat(300))),
    1,
    ([mail]) => {
      assert.ok((mail?.subject.length ?? 0) > 250);
      assert.equal(mail?.text, "😀".repeat(300));
    },
  ),
  heavy(taken("a text of one endless cluster", "day.csv", () => csv(record(`x${"\u0301".repeat(500_000)}`)), 1)),
];

/** Characters that mislead, break lines, or cannot be carried. */
export const characters: HostileKind = { kind: "characters", cases: [...texts, ...headers] };
