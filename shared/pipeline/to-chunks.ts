import type { ChatLine } from "../chat/chat-item.ts";
import { LineBuffer } from "../store/lines.ts";

/**
 * Bounds of a chunk: whichever is met first ends it. Each chunk takes a dozen operations on storage, and each partition
 * reads it; memory takes a few of them at a time.
 */
export const chunkBounds = { items: 2_500, characters: 2 * 1024 * 1024 };

/** Some of a file's items, ready to be written. */
export interface Chunk {
  /** From 0, in the order of the file. */
  readonly number: number;
  readonly items: number;
  /** Gzipped lines of `chats`. */
  readonly gzip: Buffer;
}

/** Cuts a file's lines into chunks. The same lines make the same chunks. */
export async function* toChunks(lines: AsyncIterable<ChatLine>): AsyncIterable<Chunk> {
  const chunk = new LineBuffer(chunkBounds.characters);
  let [number, characters] = [0, 0];
  const take = (): Chunk => {
    characters = 0;
    return { number: number++, items: chunk.lines, gzip: chunk.takeGzip() };
  };
  for await (const line of lines) {
    const json = JSON.stringify(line);
    if (chunk.lines > 0 && characters + json.length > chunkBounds.characters) yield take();
    chunk.add(json);
    characters += json.length;
    if (chunk.lines >= chunkBounds.items) yield take();
  }
  if (chunk.lines > 0) yield take();
}
