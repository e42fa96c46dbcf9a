import { buffer } from "node:stream/consumers";
import { encryptFor } from "../../../local/sample/encrypt.ts";
import { toStoredZip } from "../../../local/sample/stored-zip.ts";
import type { MarkedWords } from "./words.ts";

/** Name and bytes of a file of the site. */
export type SiteFile = readonly [name: string, bytes: Buffer];

/** Somebody in the chats; all of it is marked. */
export interface Person {
  readonly imId: string;
  readonly local: string;
  readonly domain: string;
  readonly email: string;
  readonly name: string;
}

/** Makes somebody up. */
export function makePerson(words: MarkedWords): Person {
  const [imId, local, domain, name] = [1, 2, 3, 4].map(() => words.mark("person"));
  return {
    imId: `${imId}`,
    local: `${local}`,
    domain: `${domain}`,
    email: `${local}@${domain}.example`,
    name: `${name} ${words.mark("person")}`,
  };
}

const signs = ` "née" <b>&\\ ✓`;
const header =
  "ConversationId,RoomName,MessageId,Timestamp,ImId,SenderEmail,SenderName,RecipientEmail,RecipientImId,Text,Attachment,AttachmentContent";

/** A CSV of so many messages, each with another text, two of them with a file. */
export function makeCsv(words: MarkedWords, people: readonly Person[], count: number): Buffer {
  const room = words.mark("room", signs);
  const conversation = words.mark("room");
  const rows = Array.from({ length: count }, (_, n) => {
    const sender = people[n % people.length];
    const others = people.filter((one) => one !== sender);
    const file =
      n < 2
        ? [`${words.mark("attachment")}.txt`, Buffer.from(words.mark("attachment", signs)).toString("base64")]
        : ["", ""];
    return [
      ...[conversation, room, words.mark("room"), `2026-06-03T13:05:${String(n).padStart(2, "0")}Z`],
      ...[sender?.imId ?? "", sender?.email ?? "", sender?.name ?? ""],
      ...[others.map(({ email }) => email).join(";"), others.map(({ imId }) => imId).join(";")],
      ...[words.mark("text", signs), ...file],
    ];
  });
  return Buffer.from([header, ...rows.map(toCsvLine)].join("\r\n").concat("\r\n"));
}

function toCsvLine(cells: readonly string[]): string {
  return cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
}

/** A FileDump with a disclaimer and a file that lies beside it in its archive. */
function makeXml(words: MarkedWords, people: readonly Person[], attachment: string): string {
  const entered = people.map(
    ({ imId, email }) =>
      `<ParticipantEntered><LoginName>${imId}</LoginName><DateTimeUTC>1780491600</DateTimeUTC><CorporateEmailID>${email}</CorporateEmailID></ParticipantEntered>`,
  );
  const by = people[0]?.imId;
  const say = (text: string): string =>
    `<Message><MessageId>${words.mark("room")}</MessageId><LoginName>${by}</LoginName><DateTimeUTC>1780491660</DateTimeUTC><Content>${toXml(text)}</Content></Message>`;
  const file = ["Started", "Ended"].map(
    (end) =>
      `<FileTransfer${end}><LoginName>${by}</LoginName><FileName>${attachment}</FileName><DateTimeUTC>1780491670</DateTimeUTC>${end === "Ended" ? "<Status>Completed</Status>" : ""}</FileTransfer${end}>`,
  );
  const said = [words.mark("text", signs), `*** ${words.mark("firm")} (7) Disclaimer: ${words.mark("text")}`];
  return `<FileDump><Conversation Perspective="${words.mark("room")}"><RoomID>${words.mark("room")}</RoomID><StartTimeUTC>1780491600</StartTimeUTC>${entered.join("")}${said.map(say).join("")}${file.join("")}<EndTimeUTC>1780502400</EndTimeUTC></Conversation></FileDump>`;
}

function toXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Files that are whole: a CSV, an XML, a zip with a chat and what was sent in it. */
export function makeGoodFiles(words: MarkedWords, people: readonly Person[]): SiteFile[] {
  const attachment = `${words.mark("attachment")}.txt`;
  const folder = words.mark("member");
  const zip = toStoredZip([
    { name: `${folder}/${words.mark("member")}.xml`, bytes: Buffer.from(makeXml(words, people, attachment)) },
    { name: `${folder}/${attachment}`, bytes: Buffer.from(words.mark("attachment", signs)) },
    { name: `${folder}/${words.mark("member")}.dat`, bytes: Buffer.from(words.mark("attachment")) },
  ]);
  return [
    [`${words.mark("site-file")}.csv`, makeCsv(words, people, 14)],
    [`${words.mark("site-file")} é.xml`, Buffer.from(makeXml(words, people, "none.txt"))],
    [`${words.mark("site-file")}.zip`, zip],
  ];
}

/** Files that are wrong in one way each, with words wherever a parser might quote them. */
export function makeBadFiles(words: MarkedWords): SiteFile[] {
  const w = (): string => words.mark("damaged", signs);
  const bare = (): string => words.mark("damaged");
  const row = (cells: readonly string[]): string => toCsvLine(["c", "r", ...cells]);
  const message = (fields: string): string =>
    `<FileDump><Conversation><RoomID>r</RoomID><StartTimeUTC>0</StartTimeUTC><Message>${fields}</Message></Conversation></FileDump>`;
  const csv = (...lines: string[]): string => [header, ...lines].join("\n");
  const whole = (time: string, email = "a@b.example"): string =>
    row(["1", time, bare(), email, w(), "c@d.example", "", w(), "", ""]);
  const contents: [ending: string, content: string | Buffer][] = [
    ["xml", message(`<LoginName>${bare()}</LoginName><Content>${toXml(w())}`).slice(0, -90)],
    ["xml", message(`<LoginName>${bare()}</LoginName><DateTimeUTC>${bare()}</DateTimeUTC><Content>x</Content>`)],
    ["xml", message(`<Unknown><LoginName>${bare()}</LoginName>${toXml(w())}</Unknown>`)],
    ["xml", message(`${toXml(w())}<LoginName>a</LoginName>`)],
    ["xml", message(`<LoginName>a</LoginName><DateTimeUTC>1780491660</DateTimeUTC><Content>&${bare()};</Content>`)],
    ["xml", message(`<LoginName>a</LoginName><Content at="${bare()}" ${bare()}>x</Wrong>`)],
    [
      "xml",
      message(`<UpdatedType>${bare()}</UpdatedType><LoginName>a</LoginName><DateTimeUTC>1780491660</DateTimeUTC>`),
    ],
    ["xml", `<!DOCTYPE FileDump [<!ENTITY e "${bare()}">]>${message("<LoginName>&e;</LoginName>")}`],
    ["xml", `<?xml version="1.0" encoding="${bare()}"?>${message("")}`],
    ["xml", Buffer.concat([Buffer.from(message(w()).slice(0, -30)), Buffer.from([0xff, 0xfe, 0xc0])])],
    ["csv", csv(whole("2026-06-03T13:00:00Z"), `"${w()}`)],
    ["csv", csv(`${row([w(), w()])},"${bare()}"x`)],
    ["csv", csv(whole(bare()))],
    ["csv", csv(whole("2026-06-03T13:00:00", bare()))],
    ["csv", `${bare()},${bare()}\n${w()},${bare()}\n`],
    ["csv", `${header},${header}\n${whole("2026-06-03T13:00:00Z")}\n`],
    ["csv", JSON.stringify({ text: w(), [bare()]: bare() })],
    ["csv", Buffer.concat([Buffer.from([0, 1, 2, 0]), Buffer.from(bare())])],
    ["zip", toStoredZip([{ name: `../../${words.mark("member")}.csv`, bytes: Buffer.from(bare()) }])],
    ["zip", toStoredZip([{ name: `${words.mark("member")}.csv`, bytes: Buffer.from(`${bare()},"${w()}`) }])],
    ["zip", toTwins(`${words.mark("member")}.csv`, Buffer.from(w()))],
    ["zip", toStoredZip([{ name: `${words.mark("member")}.csv`, bytes: Buffer.from(w()) }]).subarray(0, -30)],
  ];
  return contents.map(([ending, content]) => [`${words.mark("site-file")}.${ending}`, Buffer.from(content)]);
}

function toTwins(name: string, bytes: Buffer): Buffer {
  return toStoredZip([
    { name, bytes },
    { name, bytes: Buffer.concat([bytes, bytes]) },
  ]);
}

/** The same files, encrypted; and three that cannot be decrypted. */
export async function encryptAll(
  files: readonly SiteFile[],
  words: MarkedWords,
  publicKey: string,
  strangersKey: string,
): Promise<SiteFile[]> {
  const seal = async (bytes: Buffer, key = publicKey): Promise<Buffer> =>
    await buffer(encryptFor(key, ReadableStream.from([bytes])));
  const sealed = await Promise.all(
    files.map(async ([name, bytes]): Promise<SiteFile> => [`${name}.pgp`, await seal(bytes)]),
  );
  const content = Buffer.from(`${header}\n${words.mark("damaged", signs)}`);
  const flipped = await seal(content);
  flipped.writeUInt8((flipped.at(-4) ?? 0) ^ 1, flipped.length - 4);
  const name = (): string => `${words.mark("site-file")}.csv.pgp`;
  return [
    ...sealed,
    [name(), await seal(content, strangersKey)],
    [name(), flipped],
    [name(), (await seal(content)).subarray(0, -20)],
    [name(), content],
  ];
}
