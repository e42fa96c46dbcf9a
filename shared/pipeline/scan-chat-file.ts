import { ZodError } from "zod";
import type { DropId, FileId } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { defaultParseLimits } from "../parse/parse-limits.ts";
import type { RosterLine } from "../parse/roster-line.ts";
import { scanRecords } from "../parse/scan-records.ts";
import type { Blobs } from "../store/blobs.ts";
import { LineBuffer, toGzipLines } from "../store/lines.ts";
import { paths } from "../store/paths.ts";
import { chooseProfile } from "./choose-profile.ts";
import type { DropFile, FileState } from "./file-state.ts";
import { toParseContext } from "./parse-context.ts";
import { commitOnce } from "./put-once.ts";

/** A chat file as it comes: the listed file itself, or a member of an archive. */
export interface ChatSource {
  readonly id: FileId;
  readonly drop: DropId;
  readonly member?: string;
  readonly besides: FileState["besides"];
  /** Takes the blobs of the files beside that the chat file names. */
  readonly claimed?: Set<string>;
  readonly head: Uint8Array;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Rosters are gzipped in members of about this size, so that a file with many rooms does not pile up in memory. */
const memberInBytes = 256 * 1024;

/** A parser failed in a way that it must not: our fault, and always the same for this file. */
export class ParserFault extends Error {
  override readonly name = "ParserFault";
  readonly messageIsOurs = true;

  constructor(cause: Error) {
    super(
      `The parser cannot cope with this file (${cause.name}). Report it with the log of this time; after an update, reprocess the drop.`,
      { cause },
    );
  }
}

/**
 * The validating parse: counts the items, and keeps the participants and each conversation's roster beside the file, in
 * the file's order, for the second parse.
 * @throws UnparsableFile, ParserFault
 */
export async function scanChatFile(
  deps: { readonly blobs: Blobs },
  connector: Connector,
  source: ChatSource,
): Promise<Omit<DropFile, "sha256">> {
  const profile = chooseProfile(source.head, connector);
  const rosters = new RosterFile(deps.blobs, source);
  try {
    let sizeInBytes = 0;
    const counted = count(source.bytes, (size) => (sizeInBytes += size));
    const records = profile.parse(counted, toParseContext(deps.blobs, connector, source));
    const scan = await scanRecords(
      records,
      { roster: (roster) => rosters.add(roster) },
      defaultParseLimits.participants,
    );
    await rosters.commit();
    await replace(deps.blobs, source, scan.participants);
    return {
      id: source.id,
      ...(source.member === undefined ? {} : { member: source.member }),
      profile: profile.name,
      ...(connector.timestampZone === undefined ? {} : { timestampZone: connector.timestampZone }),
      fieldNames: connector.fieldNames,
      sizeInBytes,
      items: scan.items,
      ...(scan.firstSentAt === undefined ? {} : { firstSentAt: scan.firstSentAt }),
      ...(scan.lastSentAt === undefined ? {} : { lastSentAt: scan.lastSentAt }),
    };
  } catch (error) {
    await rosters.abort();
    throw isProgrammersFault(error) ? new ParserFault(error) : error;
  }
}

/** What the language and the schemas throw, and no port does: trying such a file again would hold its drop back for ever. */
function isProgrammersFault(error: unknown): error is Error {
  const kinds = [TypeError, RangeError, SyntaxError, ReferenceError, ZodError];
  return kinds.some((kind) => error instanceof kind);
}

async function replace(blobs: Blobs, source: ChatSource, participants: readonly object[]): Promise<void> {
  const path = paths.participants(source.drop, source.id);
  const bytes = toGzipLines(participants.map((participant) => JSON.stringify(participant)));
  if ((await blobs.create(path, bytes)) !== "different") return;
  // What a scan under other settings left that ended before the file was verified.
  await blobs.remove(path);
  await blobs.create(path, bytes);
}

async function* count(bytes: AsyncIterable<Uint8Array>, add: (size: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    add(piece.length);
    yield piece;
  }
}

class RosterFile {
  readonly #blobs: Blobs;
  readonly #source: ChatSource;
  readonly #writer: ReturnType<Blobs["writer"]>;
  readonly #lines = new LineBuffer();
  #size = 0;

  constructor(blobs: Blobs, source: ChatSource) {
    this.#blobs = blobs;
    this.#source = source;
    this.#writer = blobs.writer(paths.rosters(source.drop, source.id));
  }

  async add(roster: RosterLine): Promise<void> {
    const line = JSON.stringify(roster);
    this.#lines.add(line);
    this.#size += line.length;
    if (this.#size >= memberInBytes) await this.#writer.write(this.#takeMember());
  }

  async commit(): Promise<void> {
    // A format without rosters has a file of none: nothing at all would be no gzip.
    await this.#writer.write(this.#takeMember());
    const path = paths.rosters(this.#source.drop, this.#source.id);
    await commitOnce(this.#blobs, this.#writer, path);
  }

  async abort(): Promise<void> {
    await this.#writer.abort();
  }

  #takeMember(): Buffer {
    this.#size = 0;
    return this.#lines.takeGzip();
  }
}
