import type { SampleFormat } from "./sample-formats.ts";
import type { CastMember, Entry, Script } from "./sample-types.ts";

/** `filedump-actiance` as Microsoft and Mattermost publish it. */
export const actiance = {
  hasEdits: true,
  namesRecipients: false,
  roomOf: ({ id }: Script): string | undefined => id,
  layout: [
    { ending: "zip", inArchive: "xml", bytes: "beside" },
    { ending: "xml", bytes: "not-in-drop", hasMark: true },
    { ending: "xml1", part: 1, bytes: "not-in-drop" },
    { ending: "xml2", part: 2, bytes: "not-in-drop" },
  ],
  *write(scripts: Iterable<Script>): Iterable<string> {
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<FileDump>\n';
    for (const script of scripts) yield* writeConversation(script);
    yield "</FileDump>\n";
  },
} as const satisfies SampleFormat;

/** What stands in a conversation at a time; `order` decides between events of the same instant. */
interface Line {
  readonly at: number;
  readonly order: number;
  readonly xml: string;
}

function* writeConversation(script: Script): Iterable<string> {
  const time = toTime(script);
  yield `  <Conversation Perspective="${escapeXml(script.perspective)}">\n    <RoomID>${escapeXml(script.id)}</RoomID>\n`;
  yield `    <StartTimeUTC>${time(script.startsAt)}</StartTimeUTC>\n`;
  const moves = toMoves(script, time);
  const words = script.entries.flatMap((entry, i) => toLines(script, entry, i, time));
  if (script.layout === "by-time") {
    for (const { xml } of [...moves.joins, ...moves.leaves, ...words].toSorted(byTime)) yield xml;
  } else {
    for (const { xml } of moves.joins) yield xml;
    for (const { xml } of words) yield xml;
    for (const { xml } of moves.leaves) yield xml;
  }
  yield `    <EndTimeUTC>${time(script.endsAt)}</EndTimeUTC>\n  </Conversation>\n`;
}

function byTime(a: Line, b: Line): number {
  return a.at - b.at || a.order - b.order;
}

function toTime({ unit }: Script): (at: number) => string {
  return unit === "s" ? (at) => String(Math.floor(at / 1000)) : (at) => String(at);
}

function toMoves(script: Script, time: (at: number) => string): { joins: Line[]; leaves: Line[] } {
  const joins: Line[] = [];
  const leaves: Line[] = [];
  for (const { member, from, to } of script.stays) {
    if (from !== null)
      joins.push({ at: from, order: 0, xml: toMove("ParticipantEntered", script, member, time(from)) });
    if (to !== null) leaves.push({ at: to, order: 2, xml: toMove("ParticipantLeft", script, member, time(to)) });
  }
  return { joins, leaves };
}

function toMove(name: string, script: Script, member: CastMember, at: string): string {
  const email = member.email === undefined ? "" : field("CorporateEmailID", member.email);
  const fields = `${field("LoginName", member.spellings[0])}${field("UserType", "user")}${field("DateTimeUTC", at)}`;
  const rest = `${field("InternalFlag", String(member.isInside))}${field("ConversationID", script.id)}${email}`;
  return `    <${name}>\n${fields}${rest}    </${name}>\n`;
}

function toLines(script: Script, entry: Entry, i: number, time: (at: number) => string): Line[] {
  const login = field("LoginName", entry.by.spellings[i % entry.by.spellings.length] ?? entry.by.spellings[0]);
  if (entry.file !== undefined) return toTransfer(entry, login, time, script);
  const id = entry.messageId === undefined ? "" : field("MessageId", entry.messageId);
  const head = `${id}${login}${field("UserType", "user")}${field("DateTimeUTC", time(entry.writtenAt))}`;
  const content = `      <Content>${toContent(entry.text, i)}</Content>\n`;
  const preview = i % 40 === 7 ? "      <PreviewsPost></PreviewsPost>\n" : "";
  const xml = `    <Message>\n${head}${toUpdate(entry, time)}${content}${preview}    </Message>\n`;
  return [{ at: entry.at, order: 1, xml }];
}

function toUpdate({ kind, editedBy, touchedAt, at }: Entry, time: (at: number) => string): string {
  const update = (type: string, when: number): string =>
    `${field("UpdatedType", type)}${field("UpdatedDateTimeUTC", time(when))}`;
  if (kind === "delete") return update("Deleted", at);
  if (editedBy !== undefined && kind === "edit") {
    return `${update("EditedNewMsg", at)}${field("EditedNewMsgId", editedBy.messageId)}`;
  }
  if (kind === "edit") return update("EditedNewMsg", at);
  if (editedBy !== undefined)
    return `${update("EditedOriginalMsg", editedBy.at)}${field("EditedNewMsgId", editedBy.messageId)}`;
  return touchedAt === undefined ? "" : update("UpdatedNoMsgChange", touchedAt);
}

/** A transfer ends some seconds after its start, at the conversation's end at the latest. */
function toTransfer(entry: Entry, login: string, time: (at: number) => string, script: Script): Line[] {
  const { file } = entry;
  if (file === undefined) return [];
  const fields = (at: number): string =>
    `${login}${field("DateTimeUTC", time(at))}${field("UserFileName", file.name)}${field("FileName", file.path)}`;
  const started = `    <FileTransferStarted>\n${fields(entry.at)}    </FileTransferStarted>\n`;
  const lines: Line[] = [{ at: entry.at, order: 1, xml: started }];
  if (file.bytes === "transfer-not-ended") return lines;
  const endedAt = Math.min(entry.at + 3_000, script.endsAt);
  const status = field("Status", file.bytes === "transfer-failed" ? "Failed" : "Completed");
  lines.push({
    at: endedAt,
    order: 1,
    xml: `    <FileTransferEnded>\n${fields(endedAt)}${status}    </FileTransferEnded>\n`,
  });
  return lines;
}

function field(name: string, text: string): string {
  return `      <${name}>${escapeXml(text)}</${name}>\n`;
}

/** Escaped in one of the ways that writers of XML have. */
function toContent(text: string, i: number): string {
  if (i % 17 === 3 && !text.includes("]]>")) return `<![CDATA[${text}]]>`;
  if (i % 23 === 5)
    return escapeXml(text).replace(/[^\t\n\u0020-\u007e]/gu, (c) => `&#x${c.codePointAt(0)?.toString(16)};`);
  return escapeXml(text);
}

function escapeXml(text: string): string {
  return /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (character) => entities[character] ?? character) : text;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
