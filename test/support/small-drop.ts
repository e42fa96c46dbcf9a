import { objectId } from "../../shared/chat/identifiers.ts";
import type { ContractPerson } from "../contract/directory/directory-contract.ts";

/** The day that the site's files are of, at 05:00 UTC. */
export const siteMorning = Date.UTC(2026, 5, 4, 5);

function oid(n: number) {
  return objectId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
}

/** Who has a mailbox, by the name that chats use: ann and bob by e-mail, cid only once a mapping names him. */
export const oids = { ann: oid(1), bob: oid(2), cid: oid(3) } as const;
/** Somebody who has a mailbox. */
export type Owner = keyof typeof oids;

/** The directory's users. */
export const users: readonly ContractPerson[] = [
  { oid: oids.ann, upn: "ann@acme.example", displayName: "Ann" },
  { oid: oids.bob, upn: "bob@acme.example", displayName: "Bob" },
  { oid: oids.cid, upn: "cid.internal@acme.example", displayName: "Cid" },
];

/** One row of a flat-csv. People are named by ImId; all but `cid` and `eve` have an address the directory knows. */
export interface Row {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  /** @default the id */
  readonly text?: string;
  readonly room?: string;
  /** ms since 1970. @default 2026-06-03T13:05:06Z */
  readonly sentAt?: number;
  /** Name and bytes. */
  readonly file?: { readonly name: string; readonly bytes: Buffer };
}

/** When rows are sent unless they say otherwise. */
export const usualSentAt = Date.UTC(2026, 5, 3, 13, 5, 6);

const header =
  "ConversationId,RoomName,MessageId,Timestamp,ImId,SenderEmail,RecipientEmail,RecipientImId,Text,Attachment,AttachmentContent";

/** A flat-csv drop file of these rows; with none of them only its header. */
export function csvOf(rows: readonly Row[]): Buffer {
  const lines = rows.map((row) => {
    const { id, from, to, text = id, room = "gas", sentAt = usualSentAt, file } = row;
    const cells = [
      ...[room, room, id, new Date(sentAt).toISOString(), from, emailOf(from)],
      ...[to.map(emailOf).join(";"), to.join(";"), text],
      ...[file?.name ?? "", file?.bytes.toString("base64") ?? ""],
    ];
    return cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
  });
  return Buffer.from(`${[header, ...lines].join("\r\n")}\r\n`);
}

/** So many rows from ann to bob, named `{word}-{n}`. */
export function rowsOf(word: string, count: number): Row[] {
  return Array.from({ length: count }, (_, n) => ({ id: `${word}-${n}`, from: "ann", to: ["bob"] }));
}

function emailOf(name: string): string {
  return name === "cid" ? "" : `${name}@${name === "eve" ? "other" : "acme"}.example`;
}
