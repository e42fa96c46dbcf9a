import assert from "node:assert/strict";
import { request } from "node:http";
import type { TestContext } from "node:test";
import type { ShownBlobs } from "../../../local/blob-page/blob-pages.ts";
import { startBlobPage } from "../../../local/blob-page/start-blob-page.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

/** Text that would run were it not escaped. */
export const evil = `<script>alert(1)</script>"><img src=x onerror='alert(2)'>`;

/** When everything of these tests was written. */
export const writtenAt = Date.UTC(2026, 5, 3, 9, 15, 30);

/** A page over blobs in memory, and how much it has read of them. */
export interface BlobPageFixture {
  readonly url: string;
  readonly blobs: MemoryBlobs;
  /** Entries that were listed and bytes that were read so far. */
  readonly read: { entries: number; bytes: number };
  put(path: BlobPath, content: string | Uint8Array): Promise<void>;
  open(path: string): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;
  folder(prefix: string, more?: Readonly<Record<string, string>>): Promise<string>;
  blob(path: string): Promise<string>;
}

/** Starts a page over an empty storage. */
export async function startTestPage(t: TestContext): Promise<BlobPageFixture> {
  const blobs = new MemoryBlobs({ now: () => writtenAt });
  const read = { entries: 0, bytes: 0 };
  const page = await startBlobPage({ blobs: toCounting(blobs, read) });
  t.after(() => page.close());
  const open = async (path: string) => {
    const response = await fetch(page.url + path);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const openWell = async (path: string, query: Readonly<Record<string, string>>) => {
    const { status, text } = await open(`${path}?${new URLSearchParams(query)}`);
    assert.equal(status, 200, text);
    return text;
  };
  return {
    url: page.url,
    blobs,
    read,
    put: async (path, content) => {
      await blobs.create(path, typeof content === "string" ? Buffer.from(content) : content);
    },
    open,
    folder: (prefix, more = {}) => openWell("/folder", { in: prefix, ...more }),
    blob: (path) => openWell("/blob", { at: path }),
  };
}

function toCounting(blobs: MemoryBlobs, read: BlobPageFixture["read"]): ShownBlobs {
  return {
    head: (path) => blobs.head(path),
    list: async function* (prefix) {
      for await (const entry of blobs.list(prefix)) {
        read.entries += 1;
        yield entry;
      }
    },
    stream: async (path, range) => {
      const pieces = await blobs.stream(path, range);
      return pieces && countBytes(pieces, read);
    },
  };
}

async function* countBytes(pieces: AsyncIterable<Buffer>, read: BlobPageFixture["read"]): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    read.bytes += piece.length;
    yield piece;
  }
}

/** The texts of a page's links, in their order. */
export function toLinks(page: string): string[] {
  return [...page.matchAll(/<a href="[^"]*">([^<]*)<\/a>/g)].map(([, text = ""]) => text);
}

/** Follows the first link with this text. */
export async function follow({ open }: BlobPageFixture, page: string, link: string): Promise<string> {
  const href = [...page.matchAll(/<a href="([^"]+)">([^<]*)<\/a>/g)].find(([, , text]) => text === link)?.[1];
  assert.ok(href !== undefined, `no link ${link} in ${page}`);
  return (await open(href.replaceAll("&amp;", "&"))).text;
}

/** Asks with another Host header than the address's, which fetch does not allow. */
export function askAs(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once("error", reject).end();
  });
}
