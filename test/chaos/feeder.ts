import { buffer } from "node:stream/consumers";
import type { DropFile } from "../../local/sample/drop-files.ts";
import { encryptFor } from "../../local/sample/encrypt.ts";
import type { ExpectedItem } from "../../local/sample/expected.ts";
import { generateDrop, type SampleDrop } from "../../local/sample/generate-drop.ts";
import type { Random } from "../../local/sample/random.ts";
import type { FormatName } from "../../local/sample/sample-formats.ts";
import { putOnSite } from "../../local/start/site-files.ts";
import { listClosed } from "../../local/start/standings.ts";
import type { ConnectorName, DropId } from "../../shared/chat/identifiers.ts";
import { reprocessDrop } from "../../shared/pipeline/reprocess-drop.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { createLog } from "../../shared/telemetry/log.ts";
import type { ChaosOptions } from "./chaos-options.ts";
import { type ChaosSystem, connectors, firm } from "./chaos-system.ts";
import { listOpenWork } from "./until-quiet.ts";

/** So many drops may be open, and files unseen, before anything more is put in. */
const mostOpen = 4;
const firstDay = Date.UTC(2026, 0, 5);
const dayInMs = 86_400_000;

/** What has been put into the system, by which its mailboxes are judged. */
export interface Fed {
  readonly days: readonly SampleDrop[];
  /** Files put on the site, by connector. */
  readonly files: ReadonlyMap<ConnectorName, number>;
  readonly resent: number;
  readonly replays: number;
}

/** The cast of every day of a run: nobody joins or leaves the firm. */
export function sampleOf({ messages, users, seed }: ChaosOptions, format: FormatName, n: number): SampleDrop {
  const day = new Date(firstDay + n * dayInMs).toISOString().slice(0, 10);
  return generateDrop({ messages, users, seed, format, day, feed: firm });
}

/** Puts drops in, again and again: new days, files sent again under other names, closed drops once more. */
export class Feeder implements Fed {
  readonly days: SampleDrop[] = [];
  readonly files = new Map<ConnectorName, number>(connectors.map((name) => [name, 0]));
  resent = 0;
  replays = 0;
  readonly #system: ChaosSystem;
  readonly #options: ChaosOptions;
  readonly #random: Random;

  constructor(system: ChaosSystem, options: ChaosOptions, random: Random) {
    this.#system = system;
    this.#options = options;
    this.#random = random;
  }

  /** Puts something in, unless enough is under way. */
  async feed(): Promise<void> {
    if ((await listOpenWork(this.#system, this)).length >= mostOpen) return;
    const draw = this.#random.next();
    if (this.days.length === 0 || draw < 0.4) await this.#putDay();
    else if (draw < 0.75) await this.#sendAgain();
    else await this.#replay();
  }

  async #putDay(): Promise<void> {
    const n = this.days.length;
    const format = this.#options.format ?? (n % 2 === 0 ? "filedump-actiance" : "flat-csv");
    const sample = sampleOf(this.#options, format, n);
    const connector = this.#random.pick(connectors);
    for (const file of sample.files) await this.#put(connector, file.name, file.modifiedAt, file.open());
    this.days.push(sample);
  }

  /** Some files of a day, for any connector of the feed, under other names and with other bytes, and so no duplicates. */
  async #sendAgain(): Promise<void> {
    const sample = this.#random.pick(this.days);
    const connector = this.#random.pick(connectors);
    const first = this.#random.pick(sample.files);
    for (const file of sample.files) {
      if (file !== first && this.#random.chance(0.5)) continue;
      this.resent += 1;
      const bytes = await toOtherBytes(file, this.resent);
      await this.#put(connector, `again-${this.resent}-${file.name}`, file.modifiedAt, only(bytes));
    }
  }

  async #replay(): Promise<void> {
    const { blobs, queues } = this.#system.own;
    const closed = [...(await listClosed(blobs)).keys()];
    if (closed.length === 0) return;
    const drop: DropId = this.#random.pick(closed);
    const deps = { blobs, queues, clock: systemClock, log: createLog(() => undefined), writer: "chaos" };
    const { outcome } = await reprocessDrop(deps, drop);
    if (outcome === "started") this.replays += 1;
  }

  async #put(connector: ConnectorName, name: string, modifiedAt: number, bytes: AsyncIterable<Uint8Array>) {
    const encrypted = encryptFor(this.#system.publicKey, bytes);
    await putOnSite(this.#system.siteFolderOf(connector), `${name}.pgp`, modifiedAt, encrypted);
    this.files.set(connector, (this.files.get(connector) ?? 0) + 1);
  }
}

/** Every item that each mailbox must have, of all days together. */
export function expectedOf(days: readonly SampleDrop[]): Map<string, ExpectedItem[]> {
  const all = new Map<string, ExpectedItem[]>();
  for (const { expected } of days) {
    for (const [user, items] of expected.mailboxes()) all.set(user, [...(all.get(user) ?? []), ...items]);
  }
  return all;
}

/** The same chats in other bytes: line feeds after a text, a comment at the end of a zip. */
async function toOtherBytes(file: DropFile, n: number): Promise<Buffer> {
  const bytes = await buffer(file.open());
  if (!file.name.endsWith(".zip")) return Buffer.concat([bytes, Buffer.alloc(n, "\n")]);
  const commented = Buffer.concat([bytes, Buffer.alloc(n, " ")]);
  // The last field of a zip's end record: the comment's length (APPNOTE 4.3.16).
  commented.writeUInt16LE(n, bytes.length - 2);
  return commented;
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
