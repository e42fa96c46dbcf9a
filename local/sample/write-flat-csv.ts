import { toFileBytes } from "./file-bytes.ts";
import type { SampleFormat } from "./sample-formats.ts";
import type { CastMember, Entry, Script } from "./sample-types.ts";
import { othersPresent } from "./script-builder.ts";

const columns = [
  "ConversationId",
  "RoomName",
  "MessageId",
  "Timestamp",
  "ImId",
  "SenderEmail",
  "SenderName",
  "RecipientEmail",
  "RecipientImId",
  "Text",
  "Attachment",
  "AttachmentContent",
] as const;

/** Conversations that run at the same time stand mixed in the file, this many at once. */
const mixed = 8;

/** `flat-csv`: one row a message, with its recipients. */
export const flatCsv = {
  hasEdits: false,
  namesRecipients: true,
  roomOf: ({ room }: Script): string | undefined => room,
  layout: [
    { ending: "zip", inArchive: "csv", bytes: "beside" },
    { ending: "csv", bytes: "base64", hasMark: true },
    { ending: "csv", bytes: "base64" },
  ],
  *write(scripts: Iterable<Script>): Iterable<string> {
    yield `${columns.join(",")}\r\n`;
    let group: Script[] = [];
    for (const script of scripts) {
      group.push(script);
      if (group.length < mixed) continue;
      yield* writeGroup(group);
      group = [];
    }
    yield* writeGroup(group);
  },
} as const satisfies SampleFormat;

function* writeGroup(scripts: readonly Script[]): Iterable<string> {
  const rows = scripts.flatMap((script, style) => script.entries.map((entry, i) => ({ script, entry, style, i })));
  for (const { script, entry, style, i } of rows.toSorted((a, b) => a.entry.at - b.entry.at)) {
    yield `${toFields(script, entry, style, i).map(toCsvField).join(",")}\r\n`;
  }
}

function toFields(script: Script, entry: Entry, style: number, i: number): string[] {
  const { by, file } = entry;
  const others = othersPresent(script, entry.at, by);
  const ids = script.namesEmailsOnly ? "" : joined(others, ({ spellings }) => spellings[0]);
  return [
    ...[script.id, script.room ?? "", entry.messageId ?? "", toTimestamp(entry.at, script.unit, style)],
    ...[by.spellings[i % by.spellings.length] ?? by.spellings[0], by.email ?? "", by.displayName],
    ...[joined(others, ({ email }) => email ?? ""), ids, entry.text],
    ...(file === undefined ? ["", ""] : [file.bytes === "base64" ? file.name : file.path, toContent(file)]),
  ];
}

/** Addresses and ImIds stand in the same order; one that is not known leaves its place empty. */
function joined(members: readonly CastMember[], part: (member: CastMember) => string): string {
  const parts = members.map(part);
  return parts.every((text) => text === "") ? "" : parts.join(";");
}

function toContent(file: NonNullable<Entry["file"]>): string {
  return file.bytes === "base64" ? toFileBytes(file).toString("base64") : "";
}

/** ISO 8601 in UTC or with an offset, or an epoch. */
function toTimestamp(at: number, unit: Script["unit"], style: number): string {
  if (style % 3 === 2) return unit === "s" ? String(at / 1000) : String(at);
  const cut = unit === "s" ? 19 : 23;
  if (style % 3 === 1) return `${new Date(at - 5 * 3_600_000).toISOString().slice(0, cut)}-05:00`;
  return `${new Date(at).toISOString().slice(0, cut)}Z`;
}

function toCsvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
