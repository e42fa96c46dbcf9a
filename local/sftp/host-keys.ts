import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ssh2 from "ssh2";

/** Kinds of host keys the local site can have. */
export type LocalHostKeyKind = "ed25519" | "ecdsa" | "rsa";

/** Reads the site's host key from its folder, or makes one there, so that a pinned fingerprint stays right. */
export async function loadHostKey(stateDir: string, kind: LocalHostKeyKind): Promise<string> {
  const path = join(stateDir, `ssh_host_${kind}_key`);
  await mkdir(stateDir, { recursive: true });
  const made = generate(kind);
  try {
    await writeFile(path, made, { mode: 0o600, flag: "wx" });
    return made;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return readFile(path, "utf8");
  }
}

function generate(kind: LocalHostKeyKind): string {
  if (kind === "rsa") return ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 }).private;
  if (kind === "ecdsa") return ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 }).private;
  for (;;) {
    const { private: key } = ssh2.utils.generateKeyPairSync("ed25519");
    // ssh2 drops leading zeros of the public half: one key of 256 has 31 bytes, and the site would not start with it.
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}

/** The public half of a private key, in SSH wire form. */
export function publicHalf(privateKey: string): Buffer {
  const key: unknown = ssh2.utils.parseKey(privateKey);
  if (typeof key !== "object" || key === null || !("getPublicSSH" in key) || typeof key.getPublicSSH !== "function") {
    throw new Error("not a private key");
  }
  return key.getPublicSSH();
}
