import { createWriteStream } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DropFile } from "./drop-files.ts";
import type { SampleDrop } from "./generate-drop.ts";

/** Writes drop files into a folder with their times of modification. @returns how many bytes there are, by name */
export async function writeFiles(folder: string, files: readonly DropFile[]): Promise<Map<string, number>> {
  await mkdir(folder, { recursive: true });
  const sizes = new Map<string, number>();
  for (const { name, modifiedAt, open } of files) {
    const to = createWriteStream(join(folder, name));
    await pipeline(Readable.from(open()), to);
    await utimes(join(folder, name), modifiedAt / 1000, modifiedAt / 1000);
    sizes.set(name, to.bytesWritten);
  }
  return sizes;
}

/** Writes what goes with a drop: `mapping.csv`, `directory.json`, and `expected.jsonl` with an item a line. */
export async function writeCompanions(folder: string, drop: SampleDrop): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "mapping.csv"), drop.mapping);
  await writeFile(join(folder, "directory.json"), `${JSON.stringify(drop.directory, undefined, 2)}\n`);
  await pipeline(Readable.from(expectedLines(drop)), createWriteStream(join(folder, "expected.jsonl")));
}

function* expectedLines({ expected }: SampleDrop): Iterable<string> {
  let piece = "";
  for (const item of expected.items()) {
    piece += `${JSON.stringify(item)}\n`;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}
