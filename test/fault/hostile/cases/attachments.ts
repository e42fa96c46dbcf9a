import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { fileName, type HostileCase, type HostileKind, heavy, refused, taken, word } from "../hostile-case.ts";
import type { Mail } from "../mail.ts";
import { csvWith, quoted } from "../make/csv.ts";
import { rawZip } from "../make/raw-zip.ts";
import { ann, bob, fileDump, message, sentAt } from "../make/xml.ts";

const bytes = randomBytes(3_000);
const base64 = bytes.toString("base64");

/** A record with a file inside. */
const inside = (name: string, given: string, content: string, look: (mail: Mail) => void): HostileCase =>
  taken(
    name,
    "day.csv",
    () => csvWith({ Attachment: quoted(given), AttachmentContent: quoted(content) }),
    1,
    ([mail]) => look(mail ?? assert.fail("no mail")),
  );
const attached = (given: string, as: string): HostileCase =>
  inside(
    `a file called ${JSON.stringify(given.replaceAll(fileName, "...").slice(0, 40))}`,
    given,
    base64,
    ({ attachments, shown }) => {
      assert.deepEqual(
        attachments.map(({ name, contentType }) => [name, contentType]),
        [[as, "application/octet-stream"]],
      );
      assert.ok(attachments[0]?.bytes.equals(bytes));
      assert.ok(
        shown.includes(given.replaceAll(/[\r\n]+/g, " ").slice(0, 30)),
        "the body does not list it by its own name",
      );
    },
  );
const unreadable = (name: string, content: string): HostileCase =>
  inside(name, fileName, content, ({ attachments, shown }) => {
    assert.equal(attachments.length, 0);
    assert.match(shown, new RegExp(`${fileName} - not attached: it could not be read`));
  });

/** A message with a file beside it in a zip, of which the record names `path`. */
const beside = (
  name: string,
  path: string,
  isFound: boolean,
  members: readonly string[] = [`${fileName}.bin`],
): HostileCase => {
  const zip = () =>
    rawZip([
      { name: "a/day.csv", content: Buffer.from(csvWith({ Attachment: quoted(path) })) },
      ...members.map((name) => ({ name, content: Buffer.concat([bytes, Buffer.from(name)]) })),
    ]);
  const look = ([mail]: readonly Mail[]): void => {
    assert.equal(mail?.attachments.length, isFound ? 1 : 0);
    if (!isFound) assert.match(mail?.shown ?? "", /not attached: the drop does not hold it/);
  };
  return taken(name, "day.zip", zip, 1, look, { unclaimed: isFound ? members.length - 1 : members.length });
};

const transfer = (kind: "Started" | "Ended", path: string, more = ""): string =>
  `<FileTransfer${kind}><LoginName>${ann}</LoginName><DateTimeUTC>${sentAt}</DateTimeUTC><FileName>${path}</FileName>${more}</FileTransfer${kind}>`;
const done = "<Status>Completed</Status>";
const shows = (name: string, events: string, items: number, expected: RegExp): HostileCase =>
  taken(
    name,
    "day.xml",
    () => fileDump(events),
    items,
    (mails) => assert.match(mails.map(({ shown }) => shown).join("\n"), expected),
  );

const names: HostileCase[] = [
  attached(`../../${fileName}.txt`, `.._.._${fileName}.txt`),
  attached(`..\\..\\${fileName}.txt`, `.._.._${fileName}.txt`),
  attached(`C:${fileName}.txt`, `C_${fileName}.txt`),
  attached(`/etc/${fileName}`, `_etc_${fileName}`),
  attached(`${fileName}\u202egpj.exe`, `${fileName}_gpj.exe`),
  attached(`${fileName}\u200fgpj.exe`, `${fileName}_gpj.exe`),
  attached(`${fileName}:stream`, `${fileName}_stream`),
  attached(`${fileName}?*<>|"`, `${fileName}______`),
  attached(`${fileName}\r\nContent-Type: text/html`, `${fileName} Content-Type_ text_html`),
  attached(`${fileName}.pdf.exe`, `${fileName}.pdf.exe`),
  attached(`${fileName} `.trim(), fileName),
  attached("..", "attachment-1"),
  attached("日本語.xml", "日本語.xml"),
  inside("a file without a name", "", base64, ({ attachments }) => assert.equal(attachments[0]?.name, "unnamed")),
  inside("a file with a name of 1,000 characters", fileName.padEnd(1_000, "x"), base64, ({ attachments }) =>
    assert.ok((attachments[0]?.name.length ?? 999) <= 255),
  ),
  inside("a file with a name of control characters", `${fileName}\u0001\u009f`, base64, ({ attachments }) =>
    assert.equal(attachments[0]?.name, `${fileName}\ufffd\ufffd`),
  ),
];

const contents: HostileCase[] = [
  unreadable("base64 with a letter that is none", `${base64.slice(0, 40)}*${base64.slice(41)}`),
  unreadable("base64 of a wrong length", base64.slice(0, -1)),
  unreadable("base64url", Buffer.from([0xfb, 0xff]).toString("base64url").padEnd(4, "=")),
  unreadable("base64 with padding in its middle", `AA==${base64}`),
  unreadable("a data URL", `data:text/plain;base64,${base64}`),
  unreadable("words in place of base64", `${word} ${word}.`),
  inside("base64 in lines", fileName, base64.replaceAll(/(.{76})/g, "$1\r\n"), ({ attachments }) =>
    assert.ok(attachments[0]?.bytes.equals(bytes)),
  ),
  heavy(
    inside(
      "a file of 3,000,000 bytes, one more than an item takes",
      fileName,
      Buffer.alloc(3_000_000).toString("base64"),
      ({ attachments, shown }) => {
        assert.equal(attachments.length, 0);
        assert.match(
          shown,
          /3000000 bytes - SHA-256 [0-9a-f]{64} - not attached: too large for an e-mail item; kept in evidence\//,
        );
      },
    ),
  ),
  taken(
    "a file of 12 MB",
    "day.csv",
    () => csvWith({ Attachment: fileName, AttachmentContent: Buffer.alloc(12_000_000).toString("base64") }),
    1,
    ([mail]) => assert.match(mail?.shown ?? "", /too large for an e-mail item/),
    { isHeavy: true, longestInMs: 60_000 },
  ),
  refused(
    "a file of 13 MB, more than a record takes",
    "day.csv",
    () => csvWith({ Attachment: fileName, AttachmentContent: Buffer.alloc(13_000_000).toString("base64") }),
    "too-long",
    { isHeavy: true, longestInMs: 60_000 },
  ),
  heavy(
    taken(
      "2,000 files of one message",
      "day.csv",
      () =>
        `${csvWith(Object.fromEntries([["MessageId", word]]))
          .split("\r\n")
          .map((line, i) =>
            line === "" ? "" : line + (i === 0 ? ",Attachment,AttachmentContent" : `,${fileName},AAAA`).repeat(2_000),
          )
          .join("\r\n")}`,
      1,
      ([mail]) => assert.match(mail?.shown ?? "", new RegExp(`${fileName}.*not attached|${fileName}.*attached`)),
    ),
  ),
];

const places: HostileCase[] = [
  beside("a file beside, by its name", `${fileName}.bin`, true),
  beside("a file beside, by an absolute path of the sender's", `/srv/ice/${fileName}.bin`, true),
  beside("a file beside, by a Windows path", `D:\\ice\\${fileName}.bin`, true),
  beside("a path that leads out of the archive, of which the end fits", `../../../${fileName}.bin`, true),
  beside("the system's password file", "/etc/passwd", false),
  beside("a file that is not there", `${fileName}.other`, false),
  beside("a name that two files end with", `${fileName}.bin`, false, [`x/${fileName}.bin`, `y/${fileName}.bin`]),
  beside("the same name in another folder", `x/${fileName}.bin`, false, [`y/${fileName}.bin`]),
  beside("a name in another case", `${fileName.toUpperCase()}.BIN`, false),
  beside("a name that is a part of the file's", "file.bin", false),
  beside("the chat file itself", "day.csv", false),
  beside("a file called constructor, which is not there", "constructor", false),
];

const transfers: HostileCase[] = [
  shows(
    "a transfer of which nothing is there",
    transfer("Started", `/f/${fileName}`) + transfer("Ended", `/f/${fileName}`, done),
    1,
    /not attached: the drop does not hold it/,
  ),
  shows("a transfer that never ends", transfer("Started", fileName), 1, /its transfer had not ended/),
  shows("a transfer that ends without a start", transfer("Ended", fileName, done), 1, /the drop does not hold it/),
  shows(
    "a transfer that fails",
    transfer("Started", fileName) + transfer("Ended", fileName, `<Status>${word}</Status>`),
    1,
    /its transfer failed/,
  ),
  shows(
    "a transfer that ends twice",
    transfer("Started", fileName) + transfer("Ended", fileName, done).repeat(2),
    2,
    /does not hold it/,
  ),
  shows(
    "a transfer of a path of slashes",
    transfer("Started", "////") + transfer("Ended", "////", done),
    1,
    /\/\/\/\//,
  ),
  shows(
    "a shown name that is a path",
    transfer("Ended", fileName, `<UserFileName>..\\..\\${fileName}</UserFileName>${done}`),
    1,
    /\.\.\\\.\.\\/,
  ),
  refused("a transfer without a path", "day.xml", () => fileDump(transfer("Ended", " ", done)), "missing-field", {
    says: /FileName/,
  }),
  refused("a transfer without a status", "day.xml", () => fileDump(transfer("Ended", fileName)), "missing-field", {
    says: /Status/,
  }),
  refused(
    "a path of 1,025 characters",
    "day.xml",
    () => fileDump(message() + transfer("Started", "x".repeat(1_025)).replaceAll(bob, ann)),
    "too-long",
    { says: /FileName/ },
  ),
];

/** Files that belong to messages: names, contents, where they lie. */
export const attachments: HostileKind = {
  kind: "attachments",
  cases: [...names, ...contents, ...places, ...transfers],
};
