import { createHash, type Hash } from "node:crypto";
import type { Connector } from "../config/connector.ts";
import type { Blobs } from "../store/blobs.ts";
import type { FileState, SideChecksum } from "./file-state.ts";
import { MissingEvidence } from "./verdict.ts";

/** What the checksums beside a file say of it. */
export type ChecksumOutcome = "matched" | "mismatched" | "unusable";

type Algorithm = NonNullable<SideChecksum["algorithm"]>;
type Digests = Readonly<Partial<Record<Algorithm, string>>>;

/**
 * The checks of a file by the checksums beside it. What those are of is not told: the file as it was received is tried
 * first, then its plaintext. Each checksum that can be read has to fit one of them.
 */
export class ChecksumCheck {
  #checksums: readonly SideChecksum[];
  readonly #isAsked: boolean;

  private constructor(checksums: readonly SideChecksum[], isAsked: boolean) {
    this.#checksums = checksums;
    this.#isAsked = isAsked;
  }

  /**
   * Compares with the file as received, by its evidence: the hash that was noted at the download proves nothing of what
   * lies there now.
   * @throws MissingEvidence
   */
  static async begin(blobs: Pick<Blobs, "stream">, connector: Connector, file: FileState): Promise<ChecksumCheck> {
    const given = file.checksums.map(({ found: _, ...one }) => one);
    const check = new ChecksumCheck(given, connector.site.checksums === "compare");
    if (!check.isOpen) return check;
    const hasher = check.hasher();
    const evidence = await blobs.stream(file.evidence);
    if (evidence === undefined) throw new MissingEvidence();
    for await (const piece of evidence) hasher.update(piece);
    check.#compare(hasher.digests(), "received");
    // Of a file that is not encrypted there is nothing else that a checksum could be of.
    if (connector.encryption.type === "none") check.#closeOpen();
    return check;
  }

  /** Whether a checksum has fitted nothing yet, while there is still something to compare it with. */
  get isOpen(): boolean {
    return this.#isAsked && this.#checksums.some(({ digest, found }) => digest !== undefined && found === undefined);
  }

  /** Whether a checksum fits nothing. */
  get isMismatched(): boolean {
    return this.#checksums.some(({ found }) => found === "neither");
  }

  /** Hashes what is to be compared, by what the open checksums are made with. */
  hasher(): Hasher {
    return new Hasher(
      this.#checksums.flatMap(({ found, algorithm }) => (found === undefined ? (algorithm ?? []) : [])),
    );
  }

  /** Compares with the whole plaintext; what does not fit now fits nothing. */
  comparePlaintext(digests: Digests): void {
    this.#compare(digests, "plaintext");
    this.#closeOpen();
  }

  /** The plaintext cannot be had: what did not fit the file as received fits nothing. */
  endWithoutPlaintext(): void {
    this.#closeOpen();
  }

  /** The checksums with what was found. */
  get checksums(): readonly SideChecksum[] {
    return this.#checksums;
  }

  #compare(digests: Digests, what: "received" | "plaintext"): void {
    this.#checksums = this.#checksums.map((given) => {
      const isIt = given.algorithm !== undefined && digests[given.algorithm] === given.digest;
      return given.found === undefined && isIt ? { ...given, found: what } : given;
    });
  }

  #closeOpen(): void {
    if (!this.#isAsked) return;
    this.#checksums = this.#checksums.map((given) =>
      given.digest !== undefined && given.found === undefined ? { ...given, found: "neither" } : given,
    );
  }
}

/** What the checksums beside a file came to; undefined when there are none that were compared. */
export function toChecksumOutcome(checksums: readonly SideChecksum[]): ChecksumOutcome | undefined {
  const found = checksums.map((given) => given.found);
  if (found.includes("neither")) return "mismatched";
  if (found.some((what) => what !== undefined)) return "matched";
  return checksums.some(({ digest }) => digest === undefined) ? "unusable" : undefined;
}

/** Hashes a stream by several algorithms at once. */
class Hasher {
  readonly #hashes: ReadonlyMap<Algorithm, Hash>;

  constructor(algorithms: Iterable<Algorithm>) {
    this.#hashes = new Map(Array.from(new Set(algorithms), (algorithm) => [algorithm, createHash(algorithm)]));
  }

  update(piece: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(piece);
  }

  digests(): Digests {
    return Object.fromEntries(Array.from(this.#hashes, ([algorithm, hash]) => [algorithm, hash.digest("hex")]));
  }
}
