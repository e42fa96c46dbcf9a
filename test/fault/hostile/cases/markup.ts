import assert from "node:assert/strict";
import { type HostileCase, type HostileKind, person, taken, word } from "../hostile-case.ts";
import { csv, csvWith, quoted, record } from "../make/csv.ts";

const scripts = [
  `<script>alert("${word}")</script>`,
  `<img src=x onerror="alert('${word}')">`,
  `"><svg/onload=alert(1)>${word}`,
  `</td></tr></table></body></html><script>${word}</script>`,
  `<!-- ${word} --><style>@import url(http://127.0.0.1:1/)</style>`,
  `&lt;script&gt;${word}&#60;b&#x3e;&amp;amp;`,
  `javascript:alert('${word}')`,
  `<iframe src="http://127.0.0.1:1/${word}"></iframe><base href="//127.0.0.1">`,
  `<![CDATA[${word}]]><?php ${word} ?>`,
  `' style='background:url(http://127.0.0.1:1/${word})`,
  `<br>${word}<hr><td>`,
];
const formulas = [
  `=cmd|'/c calc'!A1 ${word}`,
  `+1+1 ${word}`,
  `-1+1 ${word}`,
  `@SUM(1) ${word}`,
  `\t=1+1 ${word}`,
  `=HYPERLINK("http://127.0.0.1:1/${word}")`,
];

/** Items read by a strict parser (mail.ts) show what was written, and hold no element that the product did not make. */
const asText = (said: string): HostileCase =>
  taken(
    `text ${JSON.stringify(said.replaceAll(word, "..."))}`,
    "day.csv",
    () => csv(record(quoted(said))),
    1,
    ([mail]) => assert.equal(mail?.text, said),
  );

const asRoom = (said: string): HostileCase =>
  taken(
    `room ${JSON.stringify(said.replaceAll(word, "..."))}`,
    "day.csv",
    () => csvWith({ RoomName: quoted(said) }),
    1,
    ([mail]) => {
      assert.equal(mail?.rows.get("Room"), said.trim());
      assert.ok(mail?.subject.startsWith(`ICE Chat: ${said.trim()} - `));
    },
  );

const asName = (said: string): HostileCase => {
  const name = said.replaceAll(word, person);
  return taken(
    `name ${JSON.stringify(said.replaceAll(word, "..."))}`,
    "day.csv",
    () => csvWith({ SenderName: quoted(name), MessageId: quoted(name) }),
    1,
    ([mail]) => {
      assert.ok(mail?.rows.get("From")?.includes(name.trim()), "the name is not shown as it was written");
      assert.ok(mail?.shown.includes(`Message: ${name.trim()}`), "the id is not shown as it was written");
    },
  );
};

/** Markup, scripts and formulas in texts, rooms, names and ids. */
export const markup: HostileKind = {
  kind: "markup and formulas",
  cases: [
    ...scripts.flatMap((one) => [asText(one), asRoom(one), asName(one)]),
    ...formulas.flatMap((one) => [asText(one), asRoom(one)]),
  ],
};
