import { constants, createGunzip, type ZlibOptions } from "node:zlib";

/** Lines out of a gzip. */
export interface GunzippedLines {
  readonly lines: readonly string[];
  /** Whether there is more than these. */
  readonly isCut: boolean;
  /** Whether the bytes are no gzip, or end in the middle of one; the lines before that are there. */
  readonly isDamaged: boolean;
}

/** How much is shown. */
export interface LineLimits {
  readonly lines: number;
  /** Of text: a few bytes of gzip can be gigabytes of it. */
  readonly bytes: number;
}

interface Gunzipped {
  readonly text: Buffer;
  readonly isDamaged: boolean;
}

const lineFeed = 0x0a;
/** Gives what can be made out of a gzip that has no end. */
const endless: ZlibOptions = { finishFlush: constants.Z_SYNC_FLUSH };

/** The first lines of a gzip of which perhaps only the beginning (`isWhole` false) is at hand. */
export async function gunzipLines(bytes: Buffer, isWhole: boolean, limits: LineLimits): Promise<GunzippedLines> {
  const { text, isDamaged } = isWhole ? await gunzipWhole(bytes, limits) : await gunzipFirst(bytes, limits, endless);
  const lines = text.subarray(0, limits.bytes).toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const isCut = !isWhole || text.length > limits.bytes || lines.length > limits.lines;
  return { lines: lines.slice(0, limits.lines), isCut, isDamaged };
}

async function gunzipWhole(bytes: Buffer, limits: LineLimits): Promise<Gunzipped> {
  const whole = await gunzipFirst(bytes, limits, {});
  if (!whole.isDamaged) return whole;
  // The error has taken with it what stood ready to be read.
  return { ...(await gunzipFirst(bytes, limits, endless)), isDamaged: true };
}

/** Stops when there is more than is shown. */
async function gunzipFirst(bytes: Buffer, limits: LineLimits, options: ZlibOptions): Promise<Gunzipped> {
  const pieces: Buffer[] = [];
  let size = 0;
  let lines = 0;
  try {
    for await (const piece of listPieces(bytes, options)) {
      pieces.push(piece);
      size += piece.length;
      lines += countLines(piece);
      if (size > limits.bytes || lines > limits.lines) break;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    return { text: Buffer.concat(pieces), isDamaged: true };
  }
  return { text: Buffer.concat(pieces), isDamaged: false };
}

async function* listPieces(bytes: Buffer, options: ZlibOptions): AsyncGenerator<Buffer> {
  const gunzip = createGunzip(options);
  gunzip.end(bytes);
  yield* gunzip;
}

function countLines(piece: Buffer): number {
  let lines = 0;
  for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) lines += 1;
  return lines;
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^Z_/.test(String(error.code));
}
