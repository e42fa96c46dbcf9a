import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import type { DropFile } from "../../../local/sample/drop-files.ts";

/** A drop file taken apart: the chat file's text and the files beside it. */
export interface ReadFile {
  readonly name: string;
  readonly text: string;
  readonly besides: ReadonlyMap<string, Buffer>;
}

/** Reads a plaintext drop file whole, out of its archive if it is one. */
export async function readSample(file: DropFile): Promise<ReadFile> {
  const bytes = await collect(file.open());
  if (!file.name.endsWith(".zip")) return { name: file.name, text: bytes.toString(), besides: new Map() };
  const members = await unzip(bytes);
  const chat = [...members].find(([path]) => /^[^/]+\.(xml|csv)$/.test(path));
  if (chat === undefined) throw new Error(`${file.name} has no chat file`);
  members.delete(chat[0]);
  return { name: file.name, text: chat[1].toString(), besides: members };
}

/** All bytes of a stream. */
export async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(bytes);
  const members = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    members.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return members;
}
