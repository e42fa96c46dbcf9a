import { windowInBytes } from "./channel-window.ts";
import { SiteError } from "./site-error.ts";

/** Reads up to `length` bytes at `offset` into `piece` from `at`; resolves to how many came, 0 = the file ends here. */
export type ReadAt = (piece: Buffer, at: number, length: number, offset: number) => Promise<number>;

/** How a file is read ahead. */
export interface ReadAheadOptions {
  readonly sizeInBytes: number;
  /** Bytes asked for by one request. */
  readonly pieceInBytes: number;
  /** @default 4 MiB, which is what the channel's window lets through */
  readonly aheadInBytes?: number;
  /** Waits for one piece and may give up, by deadline or signal. */
  readonly wait: (piece: Promise<Buffer>) => Promise<Buffer>;
}

/**
 * Reads a file in order with many requests under way: with one at a time the round trip sets the speed (50 ms: 1.2 MB/s
 * (measured)). Memory is what is read ahead. Ends normally only when exactly `sizeInBytes` came and nothing follows.
 *
 * @throws SiteError `file-shrank`, `file-grew`, and whatever `readAt` and `wait` throw
 */
export async function* readAhead(readAt: ReadAt, options: ReadAheadOptions): AsyncGenerator<Buffer, void> {
  const { sizeInBytes, pieceInBytes, aheadInBytes = windowInBytes, wait } = options;
  const inFlight = Math.ceil(aheadInBytes / pieceInBytes);
  const ahead: Promise<Buffer>[] = [];
  for (let offset = 0; offset < sizeInBytes || ahead.length > 0; ) {
    while (ahead.length < inFlight && offset < sizeInBytes) {
      const piece = readPiece(readAt, offset, Math.min(pieceInBytes, sizeInBytes - offset));
      // Pieces behind a failed one fail too; only the first failure is told, by awaiting in order.
      piece.catch(() => undefined);
      ahead.push(piece);
      offset += pieceInBytes;
    }
    const next = ahead.shift();
    if (next !== undefined) yield await wait(next);
  }
  if ((await wait(readUpTo(readAt, sizeInBytes, 1))).length > 0) throw new SiteError("file-grew");
}

/** A server may answer with fewer bytes than asked for (RFC draft filexfer-02, 6.4): the rest is asked for again. */
async function readPiece(readAt: ReadAt, offset: number, length: number): Promise<Buffer> {
  const piece = await readUpTo(readAt, offset, length);
  if (piece.length < length) throw new SiteError("file-shrank");
  return piece;
}

async function readUpTo(readAt: ReadAt, offset: number, length: number): Promise<Buffer> {
  const piece = Buffer.allocUnsafeSlow(length);
  let have = 0;
  while (have < length) {
    const count = await readAt(piece, have, length - have, offset + have);
    if (count === 0) break;
    have += count;
  }
  return piece.subarray(0, have);
}
