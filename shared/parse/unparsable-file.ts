/** Why a file cannot be parsed; `truncated` alone means that the file may be complete when it is fetched again. */
export type UnparsableReason =
  | "empty-file"
  | "unknown-format"
  | "still-encrypted"
  | "truncated"
  | "bad-bytes"
  | "unsupported-charset"
  | "malformed"
  | "doctype"
  | "too-deep"
  | "too-long"
  | "too-many"
  | "missing-field"
  | "repeated-field"
  | "unknown-element"
  | "unexpected-text"
  | "bad-value"
  | "bad-timestamp"
  | "timestamp-without-zone"
  | "missing-column"
  | "repeated-column"
  | "wrong-field-count";

/** Where in a file something is wrong: byte offset in the plaintext, and an element path or "line N, column NAME". */
export interface Place {
  readonly offset: number;
  readonly path: string;
}

/**
 * A file that no parser can read. The message says what is wrong, where, and what to do about it; like everything here
 * it tells the file's structure and never its content, because it ends up in logs and reports.
 */
export class UnparsableFile extends Error {
  readonly messageIsOurs = true;
  readonly reason: UnparsableReason;
  /** Bytes from the beginning of the plaintext. */
  readonly offset: number;
  /** Element path such as `/FileDump/Conversation[2]/Message[14]/DateTimeUTC`, or `line 7, column Timestamp`. */
  readonly path: string;

  constructor(reason: UnparsableReason, place: Place, problem: string) {
    super(`${problem} (at byte ${place.offset}${place.path === "" ? "" : `, ${place.path}`})`);
    this.name = "UnparsableFile";
    this.reason = reason;
    this.offset = place.offset;
    this.path = place.path;
  }

  /** Whether the file ends too early, so that fetching it again may help. */
  get isTruncated(): boolean {
    return this.reason === "truncated" || this.reason === "empty-file";
  }
}
