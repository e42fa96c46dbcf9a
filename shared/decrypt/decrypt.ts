import { type DecryptMessageResult, decrypt as openpgpDecrypt, type PrivateKey, readMessage } from "openpgp";
import { classifyDecryptError } from "./classify-decrypt-error.ts";
import { DecryptError } from "./decrypt-error.ts";
import { Feed } from "./feed.ts";
import { inflateInGoodPieces } from "./inflate.ts";
import type { Keyring } from "./keyring.ts";
import { rechunk } from "./rechunk.ts";
import { checkSignatures } from "./signatures.ts";
import { SilentSource } from "./silent-source.ts";
import type { Watchdog } from "./watchdog.ts";

/** How to decrypt. */
export interface DecryptOptions {
  /** Nothing coming in or out for so long ends it: SilentSource, or else `stalled`. @default 60,000 */
  readonly watchdogInMs?: number;
  /** Most plaintext. @default 8 GiB */
  readonly maxDecompressedInBytes?: number;
  /** Time at which signatures are judged. @default now */
  readonly now?: Date;
}

/** A message that is being decrypted. Its content must be iterated, if only to let go of the source. */
export interface Decrypted {
  /** Fingerprint of the private key that opens it, upper-case hexadecimal. */
  readonly fingerprint: string;
  /**
   * The content. It comes BEFORE its integrity is known, so nothing of it may be kept unless the iteration ends
   * normally: that happens only after the integrity code, and the signature where signers are configured, were right,
   * and after the last byte of the source.
   * @throws DecryptError, SilentSource, or what the source throws
   */
  readonly plaintext: AsyncIterable<Uint8Array>;
  /** Fingerprint of the signer's key, once the content has ended; undefined where no signers are configured. */
  signer(): string | undefined;
}

// Once for all messages: what it puts right is openpgp's own.
inflateInGoodPieces();

const plaintextInBytes = 65_536;
/** Below this much plaintext a high ratio is no danger. */
const ratioFromInBytes = 64 * 1024 ** 2;
/**
 * Plaintext for each byte of the message. 200,000 times the same disclaimer pack to 1 : 90 with deflate and 1 : 190 with
 * bzip2 (measured); bombs to 1 : 1,000 and to 1 : 1,000,000.
 */
const mostRatio = 500;

/** What the parts of one decryption share. */
interface Run {
  readonly feed: Feed;
  readonly watchdog: Watchdog;
  readonly keyring: Keyring;
  readonly maxInBytes: number;
  readonly now: Date;
  signer: string | undefined;
}

/**
 * Opens an OpenPGP message, armored or binary, and decrypts it as a stream in flat memory (about 100 MB). The head is
 * read and the key found before it resolves. To give up, end the iteration: the source is ended, too.
 *
 * @throws DecryptError whose reason says what to do; SilentSource, or what the source throws
 */
export async function decrypt(
  source: AsyncIterable<Uint8Array>,
  keyring: Keyring,
  options: DecryptOptions = {},
): Promise<Decrypted> {
  const feed = new Feed(source, options.watchdogInMs ?? 60_000);
  const { maxDecompressedInBytes: maxInBytes = 8 * 1024 ** 3, now = new Date() } = options;
  const run: Run = { feed, watchdog: feed.watchdog, keyring, maxInBytes, now, signer: undefined };
  try {
    const key = await run.watchdog.watch(run.feed.readHead().then((head) => keyring.match(head)));
    const fingerprint = key.getFingerprint().toUpperCase();
    // gpg's compressed messages come out in pieces of 8 KiB, which costs every reader behind us.
    const plaintext = rechunk(readContent(run, key), plaintextInBytes);
    return { fingerprint, plaintext, signer: () => run.signer };
  } catch (error) {
    run.feed.abandon();
    throw error;
  }
}

async function* readContent(run: Run, key: PrivateKey): AsyncGenerator<Uint8Array, void> {
  const { feed, watchdog } = run;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const { data, signatures } = await watchdog.watch(openContent(run, key));
    reader = data.getReader();
    yield* readWithin(reader, run);
    await watchdog.watch(feed.drain());
    run.signer = await watchdog.watch(checkSignatures(signatures, run.keyring.signers));
  } catch (error) {
    throw error instanceof SilentSource ? error : await toCause(run, classifyDecryptError(error));
  } finally {
    // Not awaited: what hangs in openpgp would hang here as well.
    reader?.cancel().catch(ignore);
    feed.abandon();
  }
}

async function* readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { feed, watchdog, maxInBytes }: Run,
): AsyncGenerator<Uint8Array, void> {
  for (let total = 0; ; ) {
    const { done, value } = await watchdog.watch(reader.read());
    if (done) return;
    watchdog.note();
    total += value.byteLength;
    if (total > maxInBytes) throw new DecryptError("too-large");
    if (total > ratioFromInBytes && total > feed.givenInBytes * mostRatio) throw new DecryptError("ratio-too-high");
    yield value;
  }
}

type Content = { data: ReadableStream<Uint8Array>; signatures: DecryptMessageResult["signatures"] };

async function openContent({ feed, keyring, maxInBytes, now }: Run, key: PrivateKey): Promise<Content> {
  const message = await readMessage({ binaryMessage: feed.toStream() });
  const { data, signatures }: DecryptMessageResult = await openpgpDecrypt({
    message,
    decryptionKeys: key,
    verificationKeys: [...keyring.signers],
    format: "binary",
    date: now,
    config: {
      // Without it openpgp holds all plaintext until the integrity code is read: 2.9 GB for 594 MB (measured).
      allowUnauthenticatedStream: true,
      // Packet headers count too.
      maxDecompressedMessageSize: maxInBytes + 65_536,
    },
  });
  if (!(data instanceof ReadableStream)) throw new Error("openpgp gave no stream");
  return { data, signatures };
}

/**
 * What openpgp complains of is often only the consequence. When the file itself was cut or its source failed, that is
 * the cause, and a cut is found by reading on to the end.
 */
async function toCause({ feed, watchdog }: Run, error: DecryptError): Promise<unknown> {
  const isFinal = ["stalled", "too-large", "ratio-too-high", "tampered"].includes(error.reason);
  if (watchdog.failure === undefined && !isFinal) await watchdog.watch(feed.drain()).catch(ignore);
  return watchdog.failure ?? error;
}

function ignore(): void {}
