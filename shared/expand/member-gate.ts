import { type ArchiveLimits, defaultLimits } from "./archive.ts";
import { ArchiveError } from "./archive-error.ts";

/** Left behind by packing programs and file managers; never drop files. */
const junk = /^(?:__MACOSX\/.*|(?:.*\/)?(?:\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini))$/i;
/** Below this much content a high ratio is no danger. */
const ratioFromInBytes = 10 * 1024 ** 2;

/** No record that is kept by path can have it for a key: such a file would be lost on the way. */
const unusableKey = "__proto__";

/** What an archive says of a member. */
export interface ClaimedMember {
  readonly name: string;
  readonly sizeInBytes: number;
  readonly kind: "file" | "folder" | "other";
}

/**
 * Decides which members of an archive are taken. One for each archive: it remembers the paths and adds up the sizes.
 * An archive that tries a trick is refused whole, since no honest program packs such a member.
 */
export class MemberGate {
  readonly #limits: Required<ArchiveLimits>;
  readonly #paths = new Set<string>();
  #members = 0;
  #totalInBytes = 0;
  #skipped = 0;

  constructor(limits: ArchiveLimits = {}) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Members passed over. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The member's safe path, or undefined when it is passed over. @throws ArchiveError */
  admit({ name, sizeInBytes, kind }: ClaimedMember): string | undefined {
    const member = this.#members;
    this.#members += 1;
    if (this.#members > this.#limits.members) throw new ArchiveError("too-many-members");
    if (name.length > this.#limits.pathLength) throw new ArchiveError("path-too-long", member);
    const path = toSafePath(name, member);
    this.#addUp(sizeInBytes, member);
    if (kind === "folder" || junk.test(path)) {
      this.#skipped += 1;
      return undefined;
    }
    if (kind === "other") throw new ArchiveError("link", member);
    if (path === "" || path === unusableKey) throw new ArchiveError("unsafe-path", member);
    const folded = path.toLowerCase();
    if (this.#paths.has(folded)) throw new ArchiveError("duplicate-path", member);
    this.#paths.add(folded);
    return path;
  }

  /** Checks how much came of how little. @throws ArchiveError `ratio-too-high` */
  checkRatio(expandedInBytes: number, packedInBytes: number): void {
    if (expandedInBytes > ratioFromInBytes && expandedInBytes > packedInBytes * this.#limits.ratio) {
      throw new ArchiveError("ratio-too-high");
    }
  }

  /** The archive has ended. @throws ArchiveError `empty` when no file was in it */
  finish(): void {
    if (this.#paths.size === 0) throw new ArchiveError("empty");
  }

  /** Declared sizes of all members so far. */
  get totalInBytes(): number {
    return this.#totalInBytes;
  }

  #addUp(sizeInBytes: number, member: number): void {
    if (!Number.isSafeInteger(sizeInBytes) || sizeInBytes < 0) throw new ArchiveError("damaged", member);
    this.#totalInBytes += sizeInBytes;
    if (this.#totalInBytes > this.#limits.totalInBytes) throw new ArchiveError("too-large", member);
  }
}

/** A backslash is a separator on Windows and part of a name elsewhere: no path that has one means the same everywhere. */
function toSafePath(name: string, member: number): string {
  const parts = name.normalize("NFC").split("/");
  const path = parts.filter((part) => part !== "" && part !== ".").join("/");
  // A drive is looked for in what becomes of the name: "./C:" is one as well.
  const isUnsafe = name.startsWith("/") || /^[A-Za-z]:/.test(path) || /\p{Cc}/u.test(name) || parts.includes("..");
  if (isUnsafe || name.includes("\\") || (path === "" && !/^[./]*$/.test(name))) {
    throw new ArchiveError("unsafe-path", member);
  }
  return path;
}
