import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Gpg, startGpg } from "../../gpg/start-gpg.ts";
import { type ChatFile, sizeOf } from "./write-chat-file.ts";

/** A chat file encrypted by gpg with its defaults (AES-256, zip), and what opens it. */
export interface EncryptedFile {
  readonly path: string;
  readonly sizeInBytes: number;
  /** Armored, without a passphrase. It opens inputs of the bench and nothing else. */
  readonly privateKey: string;
}

/** Prepares a gpg that has the bench's key. */
export async function openGpg(folder: string): Promise<Gpg> {
  const gpg = await startGpg();
  const kept = join(folder, "input", "key.asc");
  try {
    if ((await sizeOf(kept)) === undefined) {
      await gpg.makeKey("bench", "curve25519");
      await writeFile(kept, await gpg.exportPrivate("bench"), { mode: 0o600 });
    } else await gpg.importKey(await readFile(kept, "latin1"));
    return gpg;
  } catch (error) {
    await gpg.close();
    throw error;
  }
}

/** The file encrypted, written once and kept. */
export async function encryptedFile(folder: string, gpg: Gpg, plain: ChatFile): Promise<EncryptedFile> {
  const path = `${plain.path}.pgp`;
  if ((await sizeOf(path)) === undefined) {
    await gpg.run(["--recipient", "bench", "--encrypt", "--output", `${path}.new`, plain.path]);
    await rename(`${path}.new`, path);
  }
  const privateKey = await readFile(join(folder, "input", "key.asc"), "latin1");
  return { path, sizeInBytes: (await sizeOf(path)) ?? 0, privateKey };
}
