import { pipeline, Readable } from "node:stream";
import { createGunzip, type Gunzip } from "node:zlib";
import { type Extract, extract } from "tar-stream";
import type { ArchiveLimits, ArchiveMember, Expansion } from "./archive.ts";
import { ArchiveError } from "./archive-error.ts";
import { type ClaimedMember, MemberGate } from "./member-gate.ts";
import { type TarEntry, TarMember } from "./tar-member.ts";

const blockInBytes = 512;

/**
 * Expands a tar.gz as it comes. Its checksum stands at the end, so members that were given out count for nothing unless
 * the iteration of `members` ends normally.
 */
export function expandTarGz(source: AsyncIterable<Uint8Array>, limits: ArchiveLimits = {}): Expansion {
  const gate = new MemberGate(limits);
  return { members: readMembers(source, gate), skipped: () => gate.skipped };
}

async function* readMembers(source: AsyncIterable<Uint8Array>, gate: MemberGate): AsyncGenerator<ArchiveMember, void> {
  const unpacking = new Unpacking(source, gate);
  let position = 0;
  try {
    for await (const entry of unpacking.tar) {
      unpacking.hasEntries = true;
      const claimed = toClaimed(entry);
      const path = gate.admit(claimed);
      const content = new TarMember(entry, (error) => unpacking.toCause(error));
      if (path !== undefined) {
        yield { position, path, sizeInBytes: claimed.sizeInBytes, open: () => content.open() };
        position += 1;
      }
      await content.pass();
    }
    unpacking.finish();
    gate.finish();
  } catch (error) {
    throw unpacking.toCause(error);
  } finally {
    unpacking.abandon();
  }
}

function toClaimed({ header: { name, size, type, pax } }: TarEntry): ClaimedMember {
  if (type === "directory") return { name, sizeInBytes: 0, kind: "folder" };
  const isFile = (type === "file" || type === "contiguous-file") && !isSparse(pax ?? {});
  return { name, sizeInBytes: size, kind: isFile ? "file" : "other" };
}

/** What GNU tar stores of a file with holes is a list of the holes and the rest: other bytes than the file's. */
function isSparse(attributes: object): boolean {
  return Object.keys(attributes).some((key) => key.startsWith("GNU.sparse."));
}

/** The streams of one archive: source, gunzip, tar; what failed first, and what the last bytes were. */
class Unpacking {
  readonly tar: Extract = extract();
  /** Whether anything was found in it. */
  hasEntries = false;
  readonly #gate: MemberGate;
  readonly #gunzip: Gunzip = createGunzip();
  #failure: { readonly error: unknown } | undefined;
  #expandedInBytes = 0;
  #zerosAtEndInBytes = 0;

  constructor(source: AsyncIterable<Uint8Array>, gate: MemberGate) {
    this.#gate = gate;
    const packed = Readable.from(this.#watch(source), { objectMode: false });
    // Errors arrive through the iteration of the tar's entries.
    pipeline(
      packed,
      this.#gunzip,
      (bytes: AsyncIterable<Buffer>) => this.#measure(bytes),
      this.tar,
      () => undefined,
    );
  }

  /**
   * The tar ends with a block of zeros at least (POSIX.1-2017, pax, "ustar Interchange Format"); without it files may be
   * missing although the gzip around it is whole.
   */
  finish(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#expandedInBytes === 0) throw new ArchiveError("empty");
    if (this.#zerosAtEndInBytes < blockInBytes) throw new ArchiveError("truncated");
  }

  abandon(): void {
    this.#gunzip.destroy();
    this.tar.destroy();
  }

  /** The first failure is the cause of the others. */
  toCause(error: unknown): unknown {
    if (this.#failure !== undefined) return this.#failure.error;
    const isOther = !this.hasEntries && error instanceof Error && noTar.test(error.message);
    if (isOther) return new ArchiveError("no-tar", undefined, { cause: error });
    return toArchiveError(error);
  }

  /**
   * An error of the source says nothing about the archive, so it is kept as it is. Only what `next` throws is the
   * source's: errors of the streams behind are thrown into this generator, too, at its `yield`.
   */
  async *#watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    const chunks = source[Symbol.asyncIterator]();
    const onFailure = (error: unknown) => {
      this.#failure ??= { error };
      throw error;
    };
    try {
      for (;;) {
        const { done, value } = await chunks.next().catch(onFailure);
        if (done === true) return;
        yield value;
      }
    } finally {
      await chunks.return?.();
    }
  }

  async *#measure(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    try {
      for await (const chunk of bytes) {
        this.#expandedInBytes += chunk.length;
        const zeros = zerosAtEnd(chunk);
        this.#zerosAtEndInBytes = zeros === chunk.length ? this.#zerosAtEndInBytes + zeros : zeros;
        this.#gate.checkRatio(this.#expandedInBytes, this.#gunzip.bytesWritten);
        yield chunk;
      }
    } catch (error) {
      this.#failure ??= { error: toArchiveError(error) };
      throw error;
    }
  }
}

/** What tar-stream says of content that does not even begin like a tar; gunzip has other words for an end that is too early. */
const noTar = /invalid tar header|unexpected end of data/i;

/** Counts no further than a block. */
function zerosAtEnd(chunk: Buffer): number {
  let count = 0;
  while (count < chunk.length && count < blockInBytes && chunk[chunk.length - 1 - count] === 0) count += 1;
  return count;
}

function toArchiveError(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const message = error instanceof Error ? error.message : "";
  const isCut = /unexpected end of (file|data)/i.test(message);
  return new ArchiveError(isCut ? "truncated" : "damaged", undefined, { cause: error });
}
