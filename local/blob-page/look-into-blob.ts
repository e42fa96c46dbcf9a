import { type LedgerLine, parseLedgerLine } from "../../shared/import/ledger-line.ts";
import type { BlobEntry, Blobs } from "../../shared/store/blobs.ts";
import { toContainer } from "./container-words.ts";
import { type GunzippedLines, gunzipLines } from "./gunzip-lines.ts";
import { toHexDump } from "./hex-dump.ts";

/** A line of a ledger's log; `line` is undefined when it is none that can be read. */
export interface LoggedLine {
  readonly text: string;
  readonly line: LedgerLine | undefined;
}

/** What can be shown of a blob. `isCut`: only its beginning is shown. */
export type BlobView =
  | { readonly kind: "sealed" }
  | { readonly kind: "empty" }
  | { readonly kind: "json"; readonly text: string }
  | ({ readonly kind: "lines" } & GunzippedLines)
  | { readonly kind: "ledger"; readonly lines: readonly LoggedLine[]; readonly isCut: boolean }
  | { readonly kind: "text"; readonly text: string; readonly isCut: boolean }
  | { readonly kind: "bytes"; readonly dump: string; readonly isCut: boolean };

/** How much is read of any blob, and how much of it is shown. */
export const viewLimits = { readInBytes: 1024 * 1024, lines: 200, hexInBytes: 1024 } as const;

/** Levels of brackets beyond which indenting would make megabytes out of a page. */
const deepest = 64;

/** Reads at most the first MB of a blob and finds out how to show it; undefined when it is gone by now. */
export async function lookIntoBlob(blobs: Pick<Blobs, "stream">, entry: BlobEntry): Promise<BlobView | undefined> {
  const container = toContainer(entry.path);
  // Encrypted bytes tell nobody anything, and those of a connector without encryption are shown as drop files.
  if (container === "evidence") return { kind: "sealed" };
  const bytes = await readFirst(blobs, entry);
  if (bytes === undefined) return undefined;
  if (bytes.length === 0) return { kind: "empty" };
  const isCut = entry.sizeInBytes > bytes.length;
  if (container === "ledger") return toLedgerView(bytes, isCut);
  // Drop files come from elsewhere, and are shown as they are.
  if (container === "drops") return toPlainView(bytes, isCut);
  if (isGzip(bytes)) return toLinesView(bytes, isCut);
  return (isCut ? undefined : toJsonView(bytes)) ?? toPlainView(bytes, isCut);
}

async function readFirst(blobs: Pick<Blobs, "stream">, { path }: BlobEntry): Promise<Buffer | undefined> {
  const stream = await blobs.stream(path, { count: viewLimits.readInBytes });
  if (stream === undefined) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function toLinesView(bytes: Buffer, isCut: boolean): Promise<BlobView> {
  const found = await gunzipLines(bytes, !isCut, { lines: viewLimits.lines, bytes: viewLimits.readInBytes });
  return found.lines.length === 0 && found.isDamaged ? toBytesView(bytes) : { kind: "lines", ...found };
}

function toLedgerView(bytes: Buffer, isCut: boolean): BlobView {
  const lines = bytes.toString("utf8").split("\n");
  // Behind the last line feed stands nothing, or the half of a line whose rest was not read.
  const rest = lines.pop();
  if (rest !== "" && rest !== undefined && !isCut) lines.push(rest);
  return { kind: "ledger", lines: lines.map((text) => ({ text, line: parseLedgerLine(text) })), isCut };
}

function toJsonView(bytes: Buffer): BlobView | undefined {
  const value = parseJson(bytes.toString("utf8"));
  if (typeof value !== "object" || value === null || isDeeperThan(value, deepest)) return undefined;
  return { kind: "json", text: JSON.stringify(value, undefined, 2) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}

function toPlainView(bytes: Buffer, isCut: boolean): BlobView {
  const text = toText(bytes, isCut);
  return text === undefined ? toBytesView(bytes) : { kind: "text", text, isCut };
}

/** Undefined for what is no UTF-8 text: a sign that the end of what was read cuts in two is left out. */
function toText(bytes: Buffer, isCut: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
    return hasControls(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function hasControls(text: string): boolean {
  return /(?![\t\n\f\r])\p{Cc}/u.test(text);
}

function toBytesView(bytes: Buffer): BlobView {
  const { hexInBytes } = viewLimits;
  return { kind: "bytes", dump: toHexDump(bytes.subarray(0, hexInBytes)), isCut: bytes.length > hexInBytes };
}
