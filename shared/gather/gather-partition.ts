import { type ChatDay, chatDay as chatDaySchema, type FileId, type MailboxId, mailboxId } from "../chat/identifiers.ts";
import { readLineBlocks } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { MailboxWork } from "./mailbox-work.ts";
import { toPartition } from "./partitions.ts";
import { cutRoutedLines } from "./routed-line.ts";

/** A routed chunk, as it lies in storage. */
export interface RoutedSource {
  readonly file: FileId;
  readonly gzipped: AsyncIterable<Uint8Array>;
}

/** Where work goes. May be called a few times at once; what it throws ends the gathering. */
export interface WorkSink {
  write(mailbox: MailboxId, bytes: Buffer): Promise<void>;
}

/** Which part is gathered from what. */
export interface GatherRequest {
  /** All routed chunks of the drop, by file and number: their order is the order of items within a day. */
  readonly routedChunks: AsyncIterable<RoutedSource> | Iterable<RoutedSource>;
  readonly p: number;
  readonly P: number;
  /** Lines that may lie uncompressed before all are compressed. @default 8 MiB */
  readonly openLimitInBytes?: number;
}

/** What a partition came to, to be kept as `part-{p}.json`. Mailboxes in the order of their ids. */
export interface GatheredPart {
  readonly p: number;
  readonly P: number;
  readonly mailboxes: Readonly<Record<MailboxId, { readonly items: number; readonly chatDays: readonly ChatDay[] }>>;
}

const defaultOpenLimitInBytes = 8 * 1024 * 1024;
const writesAtOnce = 8;

/**
 * Gathers what each mailbox of one partition gets into one blob a mailbox. Everything is held compressed until the end,
 * because a blob is grouped by chat day and the last chunk may bring an item of the first day. The same chunks give the
 * same bytes, so gathering again is harmless.
 */
export async function gatherPartition(request: GatherRequest, sink: WorkSink): Promise<GatheredPart> {
  const { p, P } = request;
  const gathering = new Gathering(p, P, request.openLimitInBytes ?? defaultOpenLimitInBytes);
  for await (const { file, gzipped } of request.routedChunks) {
    const head = Buffer.from(file);
    for await (const block of readLineBlocks(gzipped)) gathering.add(head, block);
  }
  const mailboxes = gathering.mailboxes();
  const part = mailboxes.map(([id, { items, chatDays }]) => [id, { items, chatDays }] as const);
  const written = mapAhead(mailboxes, writesAtOnce, ([id, work]) => sink.write(id, work.take()));
  for await (const _ of written);
  return { p, P, mailboxes: Object.fromEntries(part) };
}

class Gathering {
  readonly #p: number;
  readonly #P: number;
  readonly #openLimitInBytes: number;
  readonly #work = new Map<MailboxId, MailboxWork>();
  /** By mailbox as a line spells it; undefined for those of other partitions. */
  readonly #known = new Map<string, MailboxWork | undefined>();
  /** The last line's list: in a large room many lines have the same. */
  #last: { readonly mailboxes: string; readonly ours: readonly MailboxWork[] } = { mailboxes: "", ours: [] };
  #openInBytes = 0;

  constructor(p: number, P: number, openLimitInBytes: number) {
    this.#p = p;
    this.#P = P;
    this.#openLimitInBytes = openLimitInBytes;
  }

  /** Adds a block of whole routed lines of one file. */
  add(file: Buffer, block: Buffer): void {
    for (const { mailboxes, chatDay, tail } of cutRoutedLines(block)) {
      const ours = this.#oursOf(mailboxes);
      if (ours.length === 0) continue;
      const day = chatDaySchema.parse(chatDay);
      for (const work of ours) this.#openInBytes += work.add(day, file, tail);
      if (this.#openInBytes > this.#openLimitInBytes) this.#closeAll();
    }
  }

  /** By id, ascending. */
  mailboxes(): [MailboxId, MailboxWork][] {
    return [...this.#work].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #oursOf(mailboxes: string): readonly MailboxWork[] {
    if (mailboxes === this.#last.mailboxes) return this.#last.ours;
    const ours = mailboxes.split(",").flatMap((one) => this.#workOf(one) ?? []);
    this.#last = { mailboxes, ours };
    return ours;
  }

  #workOf(text: string): MailboxWork | undefined {
    if (this.#known.has(text)) return this.#known.get(text);
    const mailbox = mailboxId.parse(text);
    const work = toPartition(mailbox, this.#P) === this.#p ? new MailboxWork() : undefined;
    if (work !== undefined) this.#work.set(mailbox, work);
    this.#known.set(text, work);
    return work;
  }

  #closeAll(): void {
    for (const work of this.#work.values()) work.close();
    this.#openInBytes = 0;
  }
}
