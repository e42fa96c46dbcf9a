import { createHash } from "node:crypto";
import { sha256Hex } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import { isPgp } from "../decrypt/sniff-pgp.ts";
import { sniffContainer } from "../expand/sniff-container.ts";
import { headLength } from "../parse/profiles.ts";
import { UnparsableFile } from "../parse/unparsable-file.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";
import { ChecksumCheck } from "./compare-checksums.ts";
import { type ExpandedArchive, expandIntoDrop } from "./expand-into-drop.ts";
import type { DropFile, FileState } from "./file-state.ts";
import { type OpenPlaintextDeps, openPlaintext } from "./open-plaintext.ts";
import { commitOnce } from "./put-once.ts";
import { scanChatFile } from "./scan-chat-file.ts";
import { TappedStream } from "./tapped-stream.ts";
import { ChecksumMismatch, toMismatch, toVerdict, type Verdict } from "./verdict.ts";

/** What verifying takes. */
export interface VerifyDeps extends OpenPlaintextDeps {
  readonly blobs: Blobs;
}

/**
 * Decrypts a file from its evidence into `drops`, and in the same pass parses it to validate, count and collect its
 * participants. Nothing is committed before the decryption has ended well. Faults of the content are the verdict; faults
 * of anything else are thrown and the file is taken up again.
 */
export async function verifyFile(deps: VerifyDeps, connector: Connector, file: FileState): Promise<Verdict> {
  let check: ChecksumCheck | undefined;
  try {
    check = await ChecksumCheck.begin(deps.blobs, connector, file);
    if (check.isMismatched) throw new ChecksumMismatch();
    return { ...(await stage(deps, connector, file, check)), checksums: check.checksums };
  } catch (fault) {
    const verdict = toVerdict(fault);
    if (verdict === undefined) throw fault;
    return check === undefined ? verdict : withChecksums(verdict, check);
  }
}

function withChecksums(verdict: Verdict, check: ChecksumCheck): Verdict {
  if (check.isOpen) check.endWithoutPlaintext();
  return { ...(check.isMismatched ? toMismatch(verdict) : verdict), checksums: check.checksums };
}

async function stage(deps: VerifyDeps, connector: Connector, file: FileState, check: ChecksumCheck): Promise<Verdict> {
  const target = paths.dropFile(file.drop, file.id);
  const writer = deps.blobs.writer(target);
  const hash = createHash("sha256");
  const hasher = check.hasher();
  try {
    const plaintext = new TappedStream(await openPlaintext(deps, connector, file), async (piece) => {
      hash.update(piece);
      hasher.update(piece);
      await writer.write(piece);
    });
    const head = await plaintext.head(headLength);
    if (isPgp(head)) throw encryptedInside(connector);
    const container = sniffContainer(head);
    const scanned = container !== "other" ? undefined : await scanOrFault(deps, connector, file, head, plaintext);
    await plaintext.drain();
    check.comparePlaintext(hasher.digests());
    if (scanned?.fault !== undefined) throw scanned.fault;
    if (check.isMismatched) throw new ChecksumMismatch();
    const sha256 = sha256Hex.parse(hash.digest("hex"));
    await commitOnce(deps.blobs, writer, target, { metadata: { sha256 } });
    if (container === "other") {
      if (scanned?.found === undefined) throw new BrokenState(`File ${file.id} was not scanned.`);
      return {
        state: "verified",
        plaintext: sha256,
        dropFiles: [{ ...scanned.found, sha256 }],
        besides: {},
        unclaimed: 0,
      };
    }
    const expanded: ExpandedArchive = await expandIntoDrop(deps, connector, file, container);
    return { state: "verified", plaintext: sha256, ...expanded };
  } catch (fault) {
    await writer.abort();
    throw fault;
  }
}

/** What was decrypted, or should need no decrypting, is encrypted. */
export function encryptedInside({
  encryption,
}: {
  readonly encryption: Pick<Connector["encryption"], "type">;
}): UnparsableFile {
  const problem =
    encryption.type === "none"
      ? "The file is PGP-encrypted, and this connector is set to take plain files. Set its encryption to pgp and give it the private key"
      : "The decrypted file is PGP-encrypted once more. Ask the sender to encrypt once";
  return new UnparsableFile("still-encrypted", { offset: 0, path: "" }, problem);
}

/**
 * A parser's fault must not end the decryption: a tampered or truncated message shows as nonsense first, and the reason
 * the operator needs is the one that comes at its end.
 */
async function scanOrFault(
  deps: VerifyDeps,
  connector: Connector,
  file: FileState,
  head: Uint8Array,
  plaintext: TappedStream,
): Promise<{ found?: Omit<DropFile, "sha256">; fault?: unknown }> {
  try {
    const source = { id: file.id, drop: file.drop, besides: {}, head, bytes: plaintext.pieces() };
    return { found: await scanChatFile(deps, connector, source) };
  } catch (fault) {
    if (toVerdict(fault) === undefined) throw fault;
    return { fault };
  }
}
