/** A file inside an archive. */
export interface ArchiveMember {
  /** Ordinal among the files taken, from 0. */
  readonly position: number;
  /** Relative, with `/` and without `.` or `..`, in NFC. Names people and firms: never to be logged. */
  readonly path: string;
  /** Size after expansion, as the archive declares it; what comes is held to it. */
  readonly sizeInBytes: number;
  /**
   * The content. Ends normally only when size and checksum are right. In a tar it can be read once, and only before
   * the next member is asked for; in a zip any number of times.
   * @throws ArchiveError
   */
  open(): AsyncIterable<Uint8Array>;
}

/** Bounds within which an archive is expanded. */
export interface ArchiveLimits {
  /** @default 10,000 */
  readonly members?: number;
  /** Expanded bytes of all members together. @default 8 GiB */
  readonly totalInBytes?: number;
  /** Expanded bytes for each packed byte, looked at from 10 MiB on. @default 200 */
  readonly ratio?: number;
  /** Length of a member's path in UTF-16 units. @default 512 */
  readonly pathLength?: number;
}

/** Random access to an archive, e.g. over ranged reads of a blob. */
export interface ArchiveReader {
  readonly sizeInBytes: number;
  /** Exactly `length` bytes from `offset`; both lie within the size. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What was passed over because it is never a drop file: folders, `__MACOSX`, `.DS_Store` and the like. */
export interface SkippedMembers {
  count: number;
}
