import { gunzipSync } from "node:zlib";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { Category } from "./words.ts";

/** A blob with everything that storage tells of it. */
export interface FoundBlob {
  readonly path: string;
  /** Metadata, tags and headers. */
  readonly properties: string;
  /** Unpacked where it is gzip. */
  readonly content: string;
}

/** Reads every blob of every container, the platform's too. */
export async function readAllBlobs(connectionString: string): Promise<FoundBlob[]> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const found: FoundBlob[] = [];
  for await (const { name } of service.listContainers()) {
    const container = service.getContainerClient(name);
    for await (const blob of container.listBlobsFlat({ includeMetadata: true, includeTags: true })) {
      const bytes = await container.getBlobClient(blob.name).downloadToBuffer();
      const { metadata, tags, properties } = blob;
      const { contentType, contentDisposition, contentLanguage, contentEncoding, cacheControl } = properties;
      const told = { metadata, tags, contentType, contentDisposition, contentLanguage, contentEncoding, cacheControl };
      found.push({ path: `${name}/${blob.name}`, properties: JSON.stringify(told), content: toText(bytes) });
    }
  }
  return found;
}

/** Of bytes that are no text each is kept as one sign, so that nothing is hidden by a wrong decoding. */
function toText(bytes: Buffer): string {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  return plain.includes(0) ? `${plain.toString("latin1")}\n${plain.toString("utf8")}` : plain.toString("utf8");
}

/** Looks into every queue again and again until it is ended; messages come and go. */
export class QueueWatch {
  /** Every message seen: queue, text as it lies there, and what that says. */
  readonly seen = new Map<string, { readonly queue: string; readonly raw: string; readonly text: string }>();
  readonly #service: QueueServiceClient;
  readonly #ended = new AbortController();
  readonly #watching: Promise<void>;

  constructor(connectionString: string) {
    this.#service = QueueServiceClient.fromConnectionString(connectionString);
    this.#watching = this.#watch();
  }

  /** Looks once more and ends. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#watching;
    await this.look();
  }

  async look(): Promise<void> {
    for await (const { name: queue } of this.#service.listQueues()) {
      const { peekedMessageItems } = await this.#service.getQueueClient(queue).peekMessages({ numberOfMessages: 32 });
      for (const { messageText: raw } of peekedMessageItems) {
        this.seen.set(`${queue} ${raw}`, { queue, raw, text: Buffer.from(raw, "base64").toString("utf8") });
      }
    }
  }

  async #watch(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.look();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

/** What blobs' contents may hold, and why. Whatever is not here may hold no marked word at all. */
const allowed: readonly { readonly under: string; readonly holds: readonly Category[]; readonly because: string }[] = [
  {
    under: "evidence/",
    holds: ["text", "room", "person", "firm", "attachment", "member", "damaged"],
    because: "the file as it was received: readable only where a connector's files come unencrypted",
  },
  {
    under: "drops/",
    holds: ["text", "room", "person", "firm", "attachment", "member", "damaged"],
    because: "the decrypted files, whole archives with a damaged member too, deleted some days after the close",
  },
  {
    under: "chats/",
    holds: ["text", "room", "person", "firm", "attachment", "member"],
    because: "the parsed items, deleted likewise",
  },
  {
    under: "routed/",
    holds: ["text", "room", "person", "firm", "attachment", "member"],
    because: "the items with their mailboxes, deleted likewise",
  },
  {
    under: "work/",
    holds: ["text", "room", "person", "firm", "attachment", "member"],
    because: "the items of each mailbox, deleted likewise",
  },
  { under: "people/", holds: ["person", "mapping"], because: "who has which mailbox; deleted likewise" },
  {
    under: "reports/drop/",
    holds: ["person", "site-file", "member"],
    because: "the operator has to know who has no mailbox and which file is meant",
  },
  { under: "state/mapping/", holds: ["mapping", "person"], because: "the admin's mapping, as it was given" },
  {
    under: "state/file/",
    holds: ["site-file", "member", "attachment"],
    because: "the site is asked for a file by its path, and an attachment found by its path in the archive",
  },
  { under: "state/listing/", holds: ["site-file"], because: "the same, while files are being enlisted" },
  {
    under: "state/dead/foreign/",
    holds: ["foreign"],
    because: "a message that failed for good is kept as it was; ours hold ids, what others put there is theirs",
  },
];

/** What a blob may hold. */
export function allowedIn(path: string): readonly Category[] {
  return allowed.find(({ under }) => path.startsWith(under))?.holds ?? [];
}
