import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";
import {
  CompressedDataPacket,
  createMessage,
  encrypt,
  enums,
  generateKey,
  Message,
  PacketList,
  type PartialConfig,
  type PrivateKey,
  type PublicKey,
  readKey,
  readPrivateKey,
} from "openpgp";
import { type DecryptOptions, decrypt } from "../../../shared/decrypt/decrypt.ts";
import { DecryptError, type DecryptReason } from "../../../shared/decrypt/decrypt-error.ts";
import type { Keyring } from "../../../shared/decrypt/keyring.ts";

/** A pair of keys for tests; quick to make. */
export interface TestKey {
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
  readonly armoredPrivate: string;
  readonly armoredPublic: string;
}

/** Makes a pair of keys. */
export async function makeTestKey(name = "test", config: PartialConfig = {}): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKey({ userIDs: [{ name }], type: "ecc", format: "armored", config });
  return {
    privateKey: await readPrivateKey({ armoredKey: privateKey }),
    publicKey: await readKey({ armoredKey: publicKey }),
    armoredPrivate: privateKey,
    armoredPublic: publicKey,
  };
}

/** Text that compresses, as chats do, but not to nothing. */
export function makeText(sizeInBytes: number): Buffer {
  return Buffer.from(
    randomBytes(Math.ceil(sizeInBytes / 2))
      .toString("hex")
      .slice(0, sizeInBytes),
  );
}

/** How to encrypt. */
export interface MessageOptions {
  readonly compression?: "uncompressed" | "zip" | "zlib";
  readonly signer?: PrivateKey;
  readonly config?: PartialConfig;
}

/** Encrypts for a key. */
export async function makeMessage(content: Uint8Array, to: PublicKey, options: MessageOptions = {}): Promise<Buffer> {
  const { compression = "uncompressed", signer, config } = options;
  const encrypted: unknown = await encrypt({
    message: await createMessage({ binary: content }),
    encryptionKeys: to,
    ...(signer === undefined ? {} : { signingKeys: signer }),
    format: "binary",
    config: { preferredCompressionAlgorithm: enums.compression[compression], ...config },
  });
  assert.ok(encrypted instanceof Uint8Array);
  return Buffer.from(encrypted);
}

/** Encrypts as many bytes as a stream into a file. */
export async function writeLargeMessage(path: string, sizeInBytes: number, to: PublicKey): Promise<void> {
  let left = sizeInBytes;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const piece = Math.min(left, 1_048_576);
    left -= piece;
    if (piece === 0) controller.close();
    else controller.enqueue(Buffer.alloc(piece, "chat"));
  };
  const encrypted: unknown = await encrypt({
    message: await createMessage({ binary: new ReadableStream<Uint8Array>({ pull }) }),
    encryptionKeys: to,
    format: "binary",
    config: { preferredCompressionAlgorithm: enums.compression.uncompressed },
  });
  assert.ok(encrypted instanceof ReadableStream);
  await writeFile(path, encrypted);
}

/** A message whose outside is whole and whose compressed inside is `mutate`d: nothing but decompressing finds out. */
export async function makeDamagedInside(
  content: Uint8Array,
  to: PublicKey,
  mutate: (compressed: Buffer) => Buffer,
): Promise<Buffer> {
  const inner = (await createMessage({ binary: content })).packets.write();
  const packet = new CompressedDataPacket();
  Object.assign(packet, { algorithm: enums.compression.zip, compressed: mutate(deflateRawSync(inner)) });
  const list = new PacketList<CompressedDataPacket>();
  list.push(packet);
  const encrypted: unknown = await encrypt({ message: new Message(list), encryptionKeys: to, format: "binary" });
  assert.ok(encrypted instanceof Uint8Array);
  return Buffer.from(encrypted);
}

/** A source that counts: what it gave, and whether it was let go. */
export class CountingSource implements AsyncIterable<Uint8Array> {
  givenInBytes = 0;
  isEnded = false;
  readonly #bytes: Uint8Array;
  readonly #pieceInBytes: number;

  constructor(bytes: Uint8Array, pieceInBytes = 65_536) {
    this.#bytes = bytes;
    this.#pieceInBytes = pieceInBytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      for (let at = 0; at < this.#bytes.byteLength; at += this.#pieceInBytes) {
        // An asynchronous source on purpose: openpgp's standstill does not show with others.
        await new Promise((resolve) => setImmediate(resolve));
        const piece = this.#bytes.subarray(at, at + this.#pieceInBytes);
        this.givenInBytes += piece.byteLength;
        yield piece;
      }
    } finally {
      this.isEnded = true;
    }
  }
}

/** Decrypts all of it. */
export async function decryptAll(bytes: Uint8Array, keyring: Keyring, options: DecryptOptions = {}): Promise<Buffer> {
  const { plaintext } = await decrypt(new CountingSource(bytes), keyring, { watchdogInMs: 2_000, ...options });
  const all: Uint8Array[] = [];
  for await (const piece of plaintext) all.push(piece);
  return Buffer.concat(all);
}

/** The reason for which a message is refused; "taken" when it is not. */
export async function verdictOn(
  bytes: Uint8Array,
  keyring: Keyring,
  options: DecryptOptions = {},
): Promise<DecryptReason | "taken"> {
  try {
    await decryptAll(bytes, keyring, options);
    return "taken";
  } catch (error) {
    assert.ok(error instanceof DecryptError, String(error));
    return error.reason;
  }
}
