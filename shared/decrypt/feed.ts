import { dearmor } from "./dearmor.ts";
import { DecryptError } from "./decrypt-error.ts";
import { type MessageHead, PacketFrames } from "./packet-frames.ts";
import { rechunk } from "./rechunk.ts";
import { SilentSource } from "./silent-source.ts";
import { isBegunArmor, sniffPgp } from "./sniff-pgp.ts";
import { Watchdog } from "./watchdog.ts";

/** Bytes looked at to tell armor from binary. */
const headInBytes = 256;
/** Once the file is read to its end openpgp has a piece or two left to do: seconds of silence mean that it hangs. */
const patienceAtEndInMs = 10_000;

/**
 * Brings a file's bytes to openpgp and keeps watch on them. What goes wrong on this side (the source fails, the file is
 * cut, something follows the message) is told to the watchdog: it is the cause of whatever openpgp makes of it.
 */
export class Feed {
  /** Has an eye on this side and on openpgp. */
  readonly watchdog: Watchdog;
  readonly #frames = new PacketFrames();
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #chunks: AsyncGenerator<Uint8Array, void>;
  #ahead: Uint8Array[] = [];
  #isWaiting = false;
  #isAbandoned = false;
  #givenInBytes = 0;

  constructor(source: AsyncIterable<Uint8Array>, watchdogInMs: number) {
    this.watchdog = new Watchdog(watchdogInMs, () =>
      this.#isWaiting ? new SilentSource() : new DecryptError("stalled"),
    );
    this.#source = source[Symbol.asyncIterator]();
    this.#chunks = this.#read();
  }

  /** Reads until the encrypted data begins. @throws DecryptError */
  async readHead(): Promise<MessageHead> {
    for (;;) {
      const { head } = this.#frames;
      if (head !== undefined) return head;
      const chunk = await this.#next();
      if (chunk === undefined) throw new DecryptError("truncated");
      this.#ahead.push(chunk);
    }
  }

  /** Everything from the first byte, as the stream that openpgp wants. */
  toStream(): ReadableStream<Uint8Array> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const chunk = this.#ahead.shift() ?? (await this.#next());
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    };
    return new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
  }

  /** How much of the message has come so far, without armor. */
  get givenInBytes(): number {
    return this.#givenInBytes;
  }

  /** Reads on to the end, in case openpgp has stopped before: what follows the message makes it damaged. */
  async drain(): Promise<void> {
    this.#ahead = [];
    while ((await this.#next()) !== undefined);
  }

  /** Lets go of the source without waiting for it: it may be what hangs. */
  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    this.#ahead = [];
    Promise.resolve(this.#source.return?.()).catch(() => undefined);
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#isAbandoned) return undefined;
    try {
      const { done, value } = await this.#chunks.next();
      this.watchdog.note();
      if (done !== true) return value;
      this.watchdog.shorten(patienceAtEndInMs);
      return undefined;
    } catch (error) {
      this.watchdog.fail(error);
      throw error;
    }
  }

  /** The message's bytes without armor, in good pieces, each seen by the frames first. */
  async *#read(): AsyncGenerator<Uint8Array, void> {
    const head = await this.#peek();
    const form = sniffPgp(head);
    if (head.length > 0 && form === undefined) {
      throw new DecryptError(isBegunArmor(head) ? "truncated" : "not-encrypted");
    }
    const all = this.#from(head);
    for await (const chunk of rechunk(form === "armored" ? dearmor(all) : all)) {
      this.#frames.push(chunk);
      this.#givenInBytes += chunk.byteLength;
      yield chunk;
    }
    this.#frames.finish();
  }

  async #peek(): Promise<Buffer> {
    let head: Buffer = Buffer.alloc(0);
    while (head.length < headInBytes) {
      const { done, value } = await this.#pull();
      if (done === true) break;
      head = Buffer.concat([head, value]);
    }
    return head;
  }

  async #pull(): Promise<IteratorResult<Uint8Array>> {
    this.#isWaiting = true;
    try {
      return await this.#source.next();
    } finally {
      this.#isWaiting = false;
    }
  }

  async *#from(head: Buffer): AsyncGenerator<Uint8Array, void> {
    yield head;
    for (;;) {
      const { done, value } = await this.#pull();
      if (done === true) return;
      yield value;
    }
  }
}
