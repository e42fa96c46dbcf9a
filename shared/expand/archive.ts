/** A file inside an archive. Archives inside archives are files like any other: chats carry .zip and .docx. */
export interface ArchiveMember {
  /** Ordinal among the files taken, from 0. */
  readonly position: number;
  /** Relative, with `/` and without `.` or `..`, in NFC. Names people and firms: never to be logged. */
  readonly path: string;
  /** Size after expansion, as the archive declares it; what comes is held to it. */
  readonly sizeInBytes: number;
  /**
   * The content. Ends normally only when size and checksum are right; in a tar.gz the checksum stands at the very end
   * of the archive. In a tar.gz it can be opened once, and only before the next member is asked for; in a zip any
   * number of times and at any time.
   * @throws ArchiveError, or what the source throws
   */
  open(): AsyncIterable<Uint8Array>;
}

/** An archive being expanded. Nothing of it counts before the iteration of its members has ended normally. */
export interface Expansion {
  /** The files, in the archive's order. @throws ArchiveError, or what the source throws */
  readonly members: AsyncIterable<ArchiveMember>;
  /** How many members were passed over so far because they are never drop files: folders, `__MACOSX`, `.DS_Store`. */
  skipped(): number;
}

/** Bounds within which an archive is expanded. */
export interface ArchiveLimits {
  /** Members of any kind. @default 10,000 */
  readonly members?: number;
  /** Expanded bytes of all members together. @default 8 GiB */
  readonly totalInBytes?: number;
  /** Expanded bytes for each packed byte, looked at from 10 MiB on. Deflate goes up to 1,032. @default 200 */
  readonly ratio?: number;
  /** Length of a member's path in UTF-16 units. @default 512 */
  readonly pathLength?: number;
}

/** Random access to an archive, e.g. by ranged reads of a blob. */
export interface ArchiveReader {
  readonly sizeInBytes: number;
  /** Exactly `length` bytes from `offset`; both lie within the size. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What the limits are where nothing else is said. */
export const defaultLimits: Required<ArchiveLimits> = {
  members: 10_000,
  totalInBytes: 8 * 1024 ** 3,
  ratio: 200,
  pathLength: 512,
};
