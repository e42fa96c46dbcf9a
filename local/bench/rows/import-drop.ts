import { createHash } from "node:crypto";
import type { ChatLine } from "../../../shared/chat/chat-item.ts";
import {
  connectorName,
  type DropId,
  dropParts,
  feedId,
  imId,
  importKey,
  type MailboxId,
  mailboxId,
  sha256Hex,
  toChatDay,
  toFileId,
} from "../../../shared/chat/identifiers.ts";
import type { People } from "../../../shared/chat/people.ts";
import type { WorkLine } from "../../../shared/chat/work-line.ts";
import { connector } from "../../../shared/config/connector.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";
import { fileState } from "../../../shared/pipeline/file-state.ts";
import { createRun } from "../../../shared/pipeline/run-state.ts";
import type { BlobPath, Blobs } from "../../../shared/store/blobs.ts";
import { toGzipLines } from "../../../shared/store/lines.ts";
import { paths } from "../../../shared/store/paths.ts";
import { type DocumentSchema, putDocument } from "../../../shared/store/state-document.ts";

/** A drop that is about to be imported: what the stages before have left in storage. */
export interface DropToImport {
  readonly drop: DropId;
  /** How many people of ours there are; mailbox n is the n-th one's. */
  readonly mailboxes: number;
  /** Items of each mailbox by its number. */
  readonly items: Readonly<Record<number, number>>;
  /** Over how many chat days they are spread. @default 1 */
  readonly chatDays?: number;
}

const feed = feedId.parse("BENCH");
const writer = { writer: "bench" };
const dayInMs = 86_400_000;

/** The n-th person's mailbox. */
export function mailboxOf(n: number): MailboxId {
  return mailboxId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}.0`);
}

/** Puts everything there that importing a drop reads. */
export async function putDrop(blobs: Blobs, given: DropToImport): Promise<void> {
  const { drop, mailboxes, items } = given;
  const file = toFileId(drop);
  await putRecords(blobs, drop, total(items));
  await blobs.create(paths.people(drop, 1), Buffer.from(JSON.stringify(toPeople(drop, mailboxes))));
  for (const [n, count] of Object.entries(items)) {
    const mailbox = mailboxOf(Number(n));
    const texts = toWorkLines(given, Number(n), count).map(
      ({ chatDay, item }) => `${file}\t${chatDay}\t${JSON.stringify(item)}`,
    );
    await blobs.create(paths.work(drop, 1, mailbox), toGzipLines(texts));
    await createRun(blobs, { drop, gen: 1, mailbox }, count, writer);
  }
}

/** The lines of a mailbox's work list. */
export function toWorkLines(
  given: Pick<DropToImport, "drop" | "mailboxes" | "chatDays">,
  n: number,
  count: number,
): WorkLine[] {
  const file = toFileId(given.drop);
  return Array.from({ length: count }, (_, i) => {
    const item = toLine(given, n, { i, count });
    return { file, chatDay: toChatDay(item.sentAt), item };
  });
}

function total(items: Readonly<Record<number, number>>): number {
  return Object.values(items).reduce((sum, count) => sum + count, 0);
}

async function putRecords(blobs: Blobs, drop: DropId, items: number): Promise<void> {
  const { siteDay, seq } = dropParts(drop);
  const name = connectorName.parse("bench");
  const id = toFileId(drop);
  const at = Date.parse(siteDay);
  const common = { v: 1, connector: name, feed, siteDay } as const;
  const evidence: BlobPath = `evidence/BENCH/${siteDay}/${id}`;
  const site = { host: "sftp.example", user: "BENCH", hostKeys: [`SHA256:${"A".repeat(43)}`] };
  const sha256 = sha256Hex.parse(createHash("sha256").update(drop).digest("hex"));
  const dropFile = { id, profile: "flat-csv", sha256, sizeInBytes: items * 600, items };
  const file = { ...common, id, drop, path: "/x.csv", pathHash: id, sizeInBytes: items * 600, modifiedAt: at };
  const state = { ...common, id: drop, seq, gen: 1, state: "importing", files: [id], openedAt: at, movedAt: at };
  await put(blobs, paths.connector(name), connector, { v: 1, name, feed, site });
  await put(blobs, paths.file(name, siteDay, id), fileState, {
    ...file,
    state: "verified",
    evidence,
    dropFiles: [dropFile],
  });
  await put(blobs, paths.open(drop), dropState, { ...state, chatFiles: [{ id, listed: id, items }], items });
}

async function put<T>(blobs: Blobs, path: BlobPath, schema: DocumentSchema<T>, value: unknown): Promise<void> {
  const parsed = schema.parse(value);
  await putDocument(blobs, path, schema, () => parsed, writer);
}

function toPeople(drop: DropId, count: number): People {
  const persons = Array.from({ length: count }, (_, n) => {
    const [displayName, email] = [`Person ${n} Example`, `person.${n}@bench.example`];
    const mailbox = { id: mailboxOf(n), address: email, displayName, via: "email" } as const;
    return { participant: { imId: imId.parse(`person${n}`), email, displayName, firm: "Bench" }, mailbox };
  });
  return { v: 1, drop, gen: 1, persons, files: { [toFileId(drop)]: persons.map((_, n) => n) } };
}

const words = "the broker asks for two way prices in the back months and leaves an order for the close ".repeat(2);

/** A message of usual length from that person to two others, ascending in time. */
function toLine(
  { drop, mailboxes, chatDays = 1 }: Pick<DropToImport, "drop" | "mailboxes" | "chatDays">,
  n: number,
  { i, count }: { readonly i: number; readonly count: number },
): ChatLine {
  const sentAt = Date.parse(dropParts(drop).siteDay) + Math.floor((i / count) * chatDays * dayInMs);
  return {
    position: n * 10_000 + i,
    key: importKey.parse(createHash("sha256").update(`${drop}/${n}/${i}`).digest("base64url")),
    conversationId: `room-${i % 50}`,
    room: `Room ${i % 50}`,
    messageId: `m-${n}-${i}`,
    kind: "message",
    isHistory: false,
    sentAt,
    from: n,
    to: [(n + 1) % mailboxes, (n + 2) % mailboxes],
    text: words.slice(i % 60, 120 + (i % 37)),
    attachments: [],
  };
}
