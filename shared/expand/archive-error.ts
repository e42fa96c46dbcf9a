/** Why an archive is refused, told apart by what somebody has to do. No member names: they may name people. */
const sentences = {
  truncated: "The archive ends too early: it is still arriving, or was cut.",
  damaged: "The archive is damaged: a checksum or its structure is wrong. Ask the sender to deliver it again.",
  encrypted: "The archive is protected with a password. Ask the sender to encrypt with OpenPGP only.",
  "unsafe-path":
    "The archive has a member whose path leads outside of it or is no usable name. It is refused whole; ask the sender.",
  "duplicate-path":
    "The archive has two members of the same name, so it is not clear which one counts. Ask the sender.",
  link: "The archive contains a link or device instead of a file. It is refused whole; ask the sender.",
  "unsupported-method": "The archive uses a compression method that is not supported. Ask the sender to use deflate.",
  "too-many-members": "The archive has more members than the limit allows.",
  "too-large": "The archive's content is larger than the limit. It may be a decompression bomb.",
  "ratio-too-high": "The archive expands far more than chat files do: it is taken for a decompression bomb.",
  "path-too-long": "The archive has a member with an overlong path.",
  "no-tar":
    "The gzip holds no tar archive, so it has no file names. Ask the sender for .tar.gz, .zip or the file as it is.",
  empty: "The archive holds no file.",
} as const;

/** Why an archive is refused. */
export type ArchiveReason = keyof typeof sentences;

/** The archive is refused as a whole. `message` is safe to log. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly messageIsOurs = true;
  readonly reason: ArchiveReason;
  /** Ordinal of the member in question, from 0, where there is one. */
  readonly member: number | undefined;

  constructor(reason: ArchiveReason, member?: number, options?: ErrorOptions) {
    super(member === undefined ? sentences[reason] : `${sentences[reason]} (member ${member})`, options);
    this.reason = reason;
    this.member = member;
  }

  /** Whether the archive may just not be complete yet. */
  get isIncomplete(): boolean {
    return this.reason === "truncated";
  }
}
