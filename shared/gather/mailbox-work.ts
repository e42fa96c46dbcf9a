import type { ChatDay } from "../chat/identifiers.ts";
import { toGzip } from "../store/lines.ts";

const firstSizeInBytes = 512;
/** At this size what is open becomes a gzip member: large enough to compress well, small enough for a thousand of them. */
const memberSizeInBytes = 64 * 1024;
const nothing = Buffer.alloc(0);

/** One mailbox's items of one chat day: finished gzip members and the plain lines of the next. */
class DayWork {
  readonly #members: Buffer[] = [];
  #open = nothing;
  #length = 0;

  /** Copies the line: a slice would keep the whole chunk that it was cut from in memory. Returns by how much it is more open. */
  append(head: Uint8Array, tail: Uint8Array): number {
    const before = this.#length;
    const size = head.length + tail.length;
    if (before > 0 && before + size > memberSizeInBytes) this.close();
    this.#makeRoom(this.#length + size);
    this.#open.set(head, this.#length);
    this.#open.set(tail, this.#length + head.length);
    this.#length += size;
    return this.#length - before;
  }

  /** Compresses what is open. */
  close(): void {
    if (this.#length === 0) return;
    this.#members.push(toOwnMemory(toGzip(this.#open.subarray(0, this.#length))));
    this.#open = nothing;
    this.#length = 0;
  }

  /** The members, and an end of it. */
  take(): Buffer[] {
    this.close();
    return this.#members.splice(0);
  }

  #makeRoom(neededInBytes: number): void {
    if (neededInBytes <= this.#open.length) return;
    const doubled = Math.min(memberSizeInBytes, Math.max(firstSizeInBytes, this.#open.length * 2));
    const larger = Buffer.allocUnsafeSlow(Math.max(neededInBytes, doubled));
    this.#open.copy(larger, 0, 0, this.#length);
    this.#open = larger;
  }
}

/** A copy of just its size: a small Buffer is a slice of Node's pool, of which it would keep 64 KiB (m: 2.5 times the memory). */
function toOwnMemory(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

/** What one mailbox gets: by chat day, in the order of arrival within a day. */
export class MailboxWork {
  readonly #days = new Map<ChatDay, DayWork>();
  #items = 0;

  /** How many items. */
  get items(): number {
    return this.#items;
  }

  /** The chat days, ascending. */
  get chatDays(): ChatDay[] {
    return [...this.#days.keys()].sort();
  }

  /** Adds a line made of two parts, which are copied. Returns how many bytes more (or fewer) lie uncompressed. */
  add(day: ChatDay, head: Uint8Array, tail: Uint8Array): number {
    let work = this.#days.get(day);
    if (work === undefined) {
      work = new DayWork();
      this.#days.set(day, work);
    }
    this.#items += 1;
    return work.append(head, tail);
  }

  /** Compresses all that is open. */
  close(): void {
    for (const day of this.#days.values()) day.close();
  }

  /** The whole blob, and an end of it: one gzip member after the other, chat days ascending. */
  take(): Buffer {
    return Buffer.concat(this.chatDays.flatMap((day) => this.#days.get(day)?.take() ?? []));
  }
}
