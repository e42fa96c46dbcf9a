import type { ChatDay, MailboxId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { KeyStates } from "./key-states.ts";
import { type ItemLine, type LedgerLine, parseLedgerLine, toLedgerText } from "./ledger-line.ts";

/** A ledger does not say what it must. Its message names the blob and the line, and nothing that is in it. */
export class LedgerFault extends Error {
  override readonly name = "LedgerFault";
  readonly messageIsOurs = true;

  constructor(path: BlobPath, lineNumber: number, problem: string) {
    super(
      `The ledger ${path}, line ${lineNumber}: ${problem}. Nothing more is imported into this mailbox and day until it is looked at.`,
    );
  }
}

/** Who writes: a name that no writer had before, and which of its slices. Numbers its appends. */
export class LedgerWriter {
  readonly name: string;
  readonly slice: number;
  #appends = 0;

  constructor(name: string, slice: number) {
    this.name = name;
    this.slice = slice;
  }

  /** The next append's number. */
  next(): number {
    this.#appends += 1;
    return this.#appends - 1;
  }
}

/** Where a ledger's next block goes. */
interface End {
  /** Number of the file, from 1. */
  readonly file: number;
  readonly position: number;
  readonly blocks: number;
}

type LedgerBlobs = Pick<Blobs, "stream" | "createAppendable" | "append">;

/**
 * A mailbox's ledger of one chat day: `ledger/{chatDay}/{mailbox}/{nnnn}.log`. It is read once, and from then on each
 * append says where it must land: were one other line written since, by whomever, it is refused. So whoever appends
 * last, and only they, know all there is to know; that is the fence, the lease merely keeps workers from getting there.
 */
export class Ledger {
  readonly #deps: { readonly blobs: LedgerBlobs; readonly blocksPerFile: number };
  readonly #pathOf: (file: number) => BlobPath;
  readonly #states: KeyStates;
  #end: End;
  #fencedBy: LedgerWriter | undefined;
  #isLost = false;
  /** Whether the file that the next block goes into is known to be there. */
  #isThere: boolean;

  private constructor(
    deps: { readonly blobs: LedgerBlobs; readonly blocksPerFile: number },
    pathOf: (file: number) => BlobPath,
    read: { readonly states: KeyStates; readonly end: End; readonly isThere?: boolean },
  ) {
    this.#deps = deps;
    this.#pathOf = pathOf;
    this.#states = read.states;
    this.#end = read.end;
    this.#isThere = read.isThere ?? read.end.position > 0;
  }

  /** Reads the ledger to its end. @throws LedgerFault when a line is not one. */
  static async read(
    deps: { readonly blobs: LedgerBlobs; readonly blocksPerFile: number },
    day: ChatDay,
    mailbox: MailboxId,
  ): Promise<Ledger> {
    const pathOf = (file: number): BlobPath => paths.ledger(day, mailbox, file);
    return new Ledger(deps, pathOf, await readFiles(deps.blobs, pathOf));
  }

  /**
   * The same where there is most likely none yet: it is begun, and read only where one was there. What this very call has
   * made nobody can have written to before, and who writes to it since is met by the first append's position.
   */
  static async begin(
    deps: { readonly blobs: LedgerBlobs; readonly blocksPerFile: number },
    day: ChatDay,
    mailbox: MailboxId,
  ): Promise<Ledger> {
    const isOurs = await deps.blobs.createAppendable(paths.ledger(day, mailbox, 1));
    if (!isOurs) return await Ledger.read(deps, day, mailbox);
    const read = { states: new KeyStates(), end: { file: 1, position: 0, blocks: 0 }, isThere: true };
    return new Ledger(deps, (file) => paths.ledger(day, mailbox, file), read);
  }

  /** What it comes to. */
  get states(): KeyStates {
    return this.#states;
  }

  /**
   * Appends lines as one batch: all of them become durable, or none. A writer's first batch opens with its fence.
   * Resolves to false when somebody else has written since: this writer must stop, and nothing of it was written.
   */
  async append(writer: LedgerWriter, lines: readonly ItemLine[]): Promise<boolean> {
    if (this.#isLost) return false;
    const { file, position, blocks } = this.#end;
    const isLast = blocks + 1 >= this.#deps.blocksPerFile;
    const batch = this.#toBatch(writer, lines, isLast);
    const bytes = Buffer.from(batch.map((line) => `${toLedgerText(line)}\n`).join(""));
    if (!this.#isThere) await this.#deps.blobs.createAppendable(this.#pathOf(file));
    const next = await this.#deps.blobs.append(this.#pathOf(file), bytes, position);
    this.#isLost = next === undefined;
    if (next === undefined) return false;
    for (const line of lines) this.#states.apply(line);
    this.#fencedBy = writer;
    this.#isThere = !isLast;
    this.#end = isLast ? { file: file + 1, position: 0, blocks: 0 } : { file, position: next, blocks: blocks + 1 };
    return true;
  }

  #toBatch(writer: LedgerWriter, lines: readonly ItemLine[], isLast: boolean): LedgerLine[] {
    const { name, slice } = writer;
    return [
      { type: "B", writer: name, seq: writer.next() },
      ...(this.#fencedBy === writer ? [] : [{ type: "F", writer: name, slice } satisfies LedgerLine]),
      ...lines,
      ...(isLast ? [{ type: "E", next: this.#end.file + 1 } satisfies LedgerLine] : []),
    ];
  }
}

/**
 * Follows the chain of files: a file's E line says that there may be a next one. A listing could miss the file that a
 * writer is just beginning, and its end would then be taken for free.
 */
async function readFiles(
  blobs: Pick<Blobs, "stream">,
  pathOf: (file: number) => BlobPath,
): Promise<{ states: KeyStates; end: End }> {
  const states = new KeyStates();
  for (let file = 1; ; file += 1) {
    const read = await readFile(blobs, pathOf(file), states);
    if (!read.isClosed) return { states, end: { file, position: read.position, blocks: read.blocks } };
  }
}

async function readFile(
  blobs: Pick<Blobs, "stream">,
  path: BlobPath,
  states: KeyStates,
): Promise<{ position: number; blocks: number; isClosed: boolean }> {
  const bytes = await blobs.stream(path);
  let [position, blocks, lineNumber, isClosed] = [0, 0, 0, false];
  for await (const text of bytes === undefined ? [] : listAsciiLines(bytes)) {
    lineNumber += 1;
    const line = text.endsWith("\n") ? parseLedgerLine(text.slice(0, -1)) : undefined;
    if (line === undefined) throw new LedgerFault(path, lineNumber, "it cannot be read");
    if (isClosed) throw new LedgerFault(path, lineNumber, "it comes after the line that closes the file");
    if (blocks === 0 && line.type !== "B")
      throw new LedgerFault(path, lineNumber, "the file does not open with a header");
    position += text.length;
    if (line.type === "B") blocks += 1;
    if (line.type === "E") isClosed = true;
    if (isItemLine(line)) states.apply(line);
  }
  return { position, blocks, isClosed };
}

function isItemLine(line: LedgerLine): line is ItemLine {
  return line.type === "I" || line.type === "R" || line.type === "X";
}

/** Lines with their line feed; what comes after the last one without. */
async function* listAsciiLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let open = "";
  for await (const chunk of bytes) {
    const text = open + chunk.toString("latin1");
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      yield text.slice(from, end + 1);
      from = end + 1;
    }
    open = text.slice(from);
  }
  if (open !== "") yield open;
}

/** The lines of one ledger file, for audits and reports. @throws LedgerFault when a line is not one. */
export async function* listLedgerLines(blobs: Pick<Blobs, "stream">, path: BlobPath): AsyncGenerator<LedgerLine> {
  const bytes = await blobs.stream(path);
  let lineNumber = 0;
  for await (const text of bytes === undefined ? [] : listAsciiLines(bytes)) {
    lineNumber += 1;
    const line = parseLedgerLine(text.replace(/\n$/, ""));
    if (line === undefined) throw new LedgerFault(path, lineNumber, "it cannot be read");
    yield line;
  }
}
