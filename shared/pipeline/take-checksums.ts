import { mostChecksumBytes, parseChecksum } from "../fetch/checksum-file.ts";
import type { Site, SiteEntry } from "../fetch/site.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import type { FileState, SideChecksum } from "./file-state.ts";

/** What reading checksum files takes. */
export interface TakeChecksumsDeps {
  readonly site: Pick<Site, "read">;
  readonly blobs: Pick<Blobs, "create" | "read">;
}

/** A checksum file that is listed beside a file. */
export interface SideFile {
  readonly entry: SiteEntry;
  /** Other files could mean it as well. */
  readonly isShared: boolean;
}

type NotedFile = Pick<FileState, "feed" | "siteDay" | "connector"> & {
  readonly checksums: readonly Pick<SideChecksum, "evidence">[];
};

/** Whether a file has each of these side files noted, as it is now. */
export function hasNoted(file: NotedFile, sides: readonly SideFile[]): boolean {
  const noted = new Set(file.checksums.map(({ evidence }) => evidence));
  return sides.every(({ entry }) => noted.has(paths.evidence(file, entry)));
}

/**
 * Reads the checksum files beside a file that are not noted yet and keeps their text as evidence, so that what is made of
 * them can be proved and repeated. A later version takes the place of the one before.
 * @throws SiteError
 */
export async function takeChecksums(
  deps: TakeChecksumsDeps,
  file: FileState,
  sides: readonly SideFile[],
  signal: AbortSignal,
): Promise<readonly SideChecksum[]> {
  const taken = new Map(file.checksums.map((known) => [known.path, known]));
  for (const side of sides) {
    if (!hasNoted(file, [side])) taken.set(side.entry.path, await takeOne(deps, file, side, signal));
  }
  return [...taken.values()];
}

async function takeOne(
  deps: TakeChecksumsDeps,
  file: FileState,
  { entry, isShared }: SideFile,
  signal: AbortSignal,
): Promise<SideChecksum> {
  const { path } = entry;
  const evidence = paths.evidence(file, entry);
  if (entry.sizeInBytes > mostChecksumBytes) return { path, evidence };
  const bytes = await keep(deps, evidence, await readAll(deps.site, entry, signal));
  return { path, evidence, ...parseChecksum(path, bytes, file.path, isShared) };
}

async function readAll(site: TakeChecksumsDeps["site"], entry: SiteEntry, signal: AbortSignal): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of site.read(entry.path, entry.sizeInBytes, signal)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What was kept first counts: a replay reads that, too. */
async function keep(
  { blobs }: Pick<TakeChecksumsDeps, "blobs">,
  evidence: FileState["evidence"],
  bytes: Buffer,
): Promise<Buffer> {
  if ((await blobs.create(evidence, bytes)) !== "different") return bytes;
  const kept = await blobs.read(evidence);
  if (kept === undefined) throw new BrokenState("The evidence of a checksum file was there and is gone.");
  return kept.bytes;
}
