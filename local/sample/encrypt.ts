import { createMessage, encrypt, readKey } from "openpgp";
import type { DropFile } from "./drop-files.ts";

/** How files are encrypted. */
export interface EncryptOptions {
  /** ASCII armor (`.asc`) instead of binary (`.pgp`). @default false */
  readonly isArmored?: boolean;
}

/**
 * Encrypts bytes with the connector's public key as they come; memory does not grow with them.
 *
 * @throws Error of openpgp when the armored key is none or cannot encrypt
 */
export async function* encryptFor(
  publicKey: string,
  bytes: AsyncIterable<Uint8Array>,
  { isArmored = false }: EncryptOptions = {},
): AsyncGenerator<Uint8Array> {
  const encryptionKeys = await readKey({ armoredKey: publicKey });
  const message = await createMessage({ binary: ReadableStream.from(bytes) });
  if (!isArmored) {
    yield* piecesOf(await encrypt({ message, encryptionKeys, format: "binary" }));
    return;
  }
  yield* piecesOf(await encrypt({ message, encryptionKeys, format: "armored" }));
}

/** The same drop files, encrypted while they are read; `.pgp` or `.asc` is added to their names. */
export function encryptedFiles(
  files: readonly DropFile[],
  publicKey: string,
  options: EncryptOptions = {},
): readonly DropFile[] {
  const ending = options.isArmored === true ? "asc" : "pgp";
  return files.map(({ name, modifiedAt, open }) => ({
    name: `${name}.${ending}`,
    modifiedAt,
    open: () => encryptFor(publicKey, open(), options),
  }));
}

async function* piecesOf(encrypted: unknown): AsyncGenerator<Uint8Array> {
  if (!(encrypted instanceof ReadableStream)) throw new Error("openpgp gave no stream");
  for await (const piece of encrypted) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}
