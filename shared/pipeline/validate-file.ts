import { createHash } from "node:crypto";
import { posix } from "node:path";
import { sha256Hex } from "../chat/identifiers.ts";
import type { UnfinishedConnector } from "../config/connector-values.ts";
import { decrypt } from "../decrypt/decrypt.ts";
import { Keyring, type LockedKey } from "../decrypt/keyring.ts";
import { isPgp } from "../decrypt/sniff-pgp.ts";
import { sniffContainer } from "../expand/sniff-container.ts";
import type { Site } from "../fetch/site.ts";
import { defaultParseLimits } from "../parse/parse-limits.ts";
import type { ParseContext, Profile } from "../parse/profile.ts";
import { headLength } from "../parse/profiles.ts";
import { UnparsableFile } from "../parse/unparsable-file.ts";
import { secretName } from "../secrets/secret-name.ts";
import { MissingSecret, type Secrets } from "../secrets/secrets.ts";
import { chooseProfile } from "./choose-profile.ts";
import type { Stepped } from "./validate-connection.ts";
import type { TriedFile } from "./validate-listing.ts";
import { encryptedInside } from "./verify-file.ts";

/** What looking into a file takes. */
interface FileDeps {
  readonly secrets: Pick<Secrets, "get" | "getOptional">;
  readonly site: Pick<Site, "read">;
  readonly signal: AbortSignal;
}

/** The beginning of a file's plaintext. */
export interface Beginning {
  readonly head: Buffer;
  /** Whether that is all of it. */
  readonly isWhole: boolean;
}

/** No byte for so long ends it. */
const stallInMs = 15_000;

/** Fetches and decrypts the beginning of a file. @throws SiteError, DecryptError, MissingSecret, UnparsableFile */
export async function tryToDecrypt(
  { secrets, site, signal }: FileDeps,
  connector: UnfinishedConnector,
  { path, sizeInBytes }: TriedFile,
): Promise<Stepped<Beginning>> {
  const about = { file: posix.basename(path), sizeInBytes };
  const bytes = site.read(path, sizeInBytes, signal);
  if (connector.encryption.type === "none") {
    const beginning = await readBeginning(bytes);
    if (isPgp(beginning.head)) throw encryptedInside(connector);
    const message = "The newest file could be read. This connector takes files that are not encrypted.";
    return {
      told: { outcome: "ok", message, details: { ...about, isEncrypted: false, isWhole: beginning.isWhole } },
      next: beginning,
    };
  }
  const keyring = await Keyring.open({
    privateKeys: await readKeys(secrets, connector.name, connector.encryption.keys),
    signers: connector.encryption.signers,
  });
  const { plaintext, fingerprint } = await decrypt(bytes, keyring, { watchdogInMs: stallInMs });
  const beginning = await readBeginning(plaintext);
  if (isPgp(beginning.head)) throw encryptedInside(connector);
  return {
    told: {
      outcome: "ok",
      message: beginning.isWhole
        ? "The newest file could be decrypted, and its integrity is right."
        : "The beginning of the newest file could be decrypted. Whether it is whole and unchanged is found out when it is fetched.",
      details: { ...about, isEncrypted: true, fingerprint, isWhole: beginning.isWhole },
    },
    next: beginning,
  };
}

async function readKeys(
  secrets: FileDeps["secrets"],
  name: UnfinishedConnector["name"],
  numbers: readonly number[],
): Promise<LockedKey[]> {
  if (numbers.length === 0) throw new MissingSecret(secretName(name, "pgp-private-key-1"), "the vault");
  const fresh = { fresh: true };
  return await Promise.all(
    numbers.map(async (number): Promise<LockedKey> => {
      const armored = await secrets.get(secretName(name, `pgp-private-key-${number}`), fresh);
      const passphrase = await secrets.getOptional(secretName(name, `pgp-passphrase-${number}`), fresh);
      return passphrase === undefined ? { armored } : { armored, passphrase };
    }),
  );
}

/** Leaving the loop early lets go of the site's file. */
async function readBeginning(plaintext: AsyncIterable<Uint8Array>): Promise<Beginning> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of plaintext) {
    pieces.push(Uint8Array.from(piece));
    length += piece.length;
    if (length >= headLength) return { head: Buffer.concat(pieces).subarray(0, headLength), isWhole: false };
  }
  return { head: Buffer.concat(pieces), isWhole: true };
}

/** Items after which the rest of the beginning is not looked at. */
const enoughItems = 50;
/** What a file that was cut on purpose is complained of, besides being cut. */
const causedByTheCut = new Set(["truncated", "malformed", "wrong-field-count", "bad-bytes", "empty-file"]);

/** Finds out the format of a file by its beginning, and reads the items in it. @throws UnparsableFile */
export async function tryFormat(connector: UnfinishedConnector, beginning: Beginning): Promise<Stepped<true>> {
  const container = sniffContainer(beginning.head);
  if (container !== "other") {
    const name = container === "zip" ? "a zip archive" : "a gzip archive";
    const message = `The file is ${name}. What is in it is found out when it is fetched.`;
    return { told: { outcome: "ok", message, details: { container } }, next: true };
  }
  const profile = chooseProfile(beginning.head, connector);
  const items = await countItems(profile, connector, beginning);
  const found = items === 1 ? "one chat item" : `${items} chat items`;
  const message =
    items === 0
      ? `The file is of the format ${profile.name}. There is no chat item in ${beginning.isWhole ? "it" : "its beginning"}.`
      : `The file is of the format ${profile.name}, and ${found} could be read in ${beginning.isWhole ? "it" : "its beginning"}.`;
  return { told: { outcome: "ok", message, details: { format: profile.name, items } }, next: true };
}

async function countItems(
  profile: Profile,
  connector: UnfinishedConnector,
  { head, isWhole }: Beginning,
): Promise<number> {
  // A line that is cut could be taken for a wrong one.
  const bytes = isWhole ? head : head.subarray(0, head.lastIndexOf("\n") + 1 || head.length);
  let items = 0;
  try {
    for await (const { type } of profile.parse(onePiece(bytes), toContext(connector))) {
      if (type === "item") items += 1;
      if (!isWhole && items >= enoughItems) return items;
    }
  } catch (error) {
    const isOurCut = !isWhole && error instanceof UnparsableFile && causedByTheCut.has(error.reason);
    if (!isOurCut) throw error;
  }
  return items;
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** As a fetch reads it, but nothing is kept. */
function toContext({ timestampZone, fieldNames }: UnfinishedConnector): ParseContext {
  return {
    ...(timestampZone === undefined ? {} : { zone: timestampZone }),
    fieldNames,
    limits: defaultParseLimits,
    attachmentAt: () => undefined,
    keepInline: async (bytes) => {
      const sha256 = sha256Hex.parse(createHash("sha256").update(bytes).digest("hex"));
      return { sha256, sizeInBytes: bytes.length, blob: "" };
    },
  };
}
