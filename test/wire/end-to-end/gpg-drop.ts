import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Gpg } from "../../../local/gpg/start-gpg.ts";
import { generateDrop, type SampleDrop } from "../../../local/sample/generate-drop.ts";
import { writeCompanions } from "../../../local/sample/write-drop.ts";
import { compareMailboxes } from "../../e2e/compare-mailboxes.ts";
import { exportedMailboxes } from "../../e2e/exported-mailboxes.ts";

/** A sample drop whose files are encrypted by gpg. */
export interface GpgDrop {
  readonly sample: SampleDrop;
  /** Options that name its mapping and its directory. */
  readonly options: readonly string[];
  /** The drop files, each encrypted for the key: name and bytes. */
  readonly files: readonly (readonly [string, Buffer])[];
}

/** Makes a small drop and encrypts it. */
export async function makeGpgDrop(folder: string, gpg: Gpg, fingerprint: string): Promise<GpgDrop> {
  const sample = generateDrop({ messages: 60, users: 8 });
  await writeCompanions(folder, sample);
  const files: [string, Buffer][] = [];
  for (const { name, open } of sample.files) {
    const plain = await buffer(open());
    files.push([`${name}.pgp`, await gpg.encrypt(plain, ["--recipient", fingerprint])]);
  }
  const options = ["--mapping", join(folder, "mapping.csv"), "--directory", join(folder, "directory.json")];
  return { sample, options, files };
}

/** Puts files into a folder, all of one site day. */
export async function putFiles(folder: string, files: Iterable<readonly [string, Uint8Array]>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const at = new Date("2026-06-04T03:00:00Z");
  for (const [name, bytes] of files) {
    await writeFile(join(folder, name), bytes);
    await utimes(join(folder, name), at, at);
  }
}

/** What is not in the exported mailboxes as it must be. */
export async function compareExport({ sample }: GpgDrop, path: string): Promise<string[]> {
  return compareMailboxes(
    sample.expected.mailboxes(),
    exportedMailboxes.parse(JSON.parse(await readFile(path, "utf8"))),
  );
}
