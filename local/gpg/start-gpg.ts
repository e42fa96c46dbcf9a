import { execFile, execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why tests with real gpg cannot run here; `false` when they can. */
export const whyNoGpg: string | false = isInstalled() ? false : "gpg is not installed here (apt-get install gnupg)";

/** A real gpg with a key ring of its own. */
export interface Gpg {
  readonly home: string;
  /** Runs gpg with these arguments; resolves to what it writes. */
  run(args: readonly string[], input?: Uint8Array): Promise<Buffer>;
  /** Makes a key with an encryption subkey; resolves to its fingerprint. */
  makeKey(name: string, algorithms: "rsa" | "curve25519", passphrase?: string): Promise<string>;
  exportPublic(id: string): Promise<string>;
  exportPrivate(id: string, passphrase?: string): Promise<string>;
  importKey(armored: string): Promise<void>;
  encrypt(plaintext: Uint8Array, args: readonly string[]): Promise<Buffer>;
  /** Ends its agent and removes its folder. */
  close(): Promise<void>;
}

/** Prepares a gpg whose keys lie in a folder of its own. */
export async function startGpg(): Promise<Gpg> {
  const home = await mkdtemp(join(tmpdir(), "gpg-"));
  await chmod(home, 0o700);
  await writeFile(
    join(home, "gpg.conf"),
    "batch\nyes\nno-tty\ntrust-model always\npinentry-mode loopback\nno-greeting\n",
  );
  const run = (args: readonly string[], input: Uint8Array = Buffer.alloc(0)) => gpg(home, args, input);
  const secret = (passphrase = "") => ["--passphrase", passphrase];
  return {
    home,
    run,
    makeKey: async (name, algorithms, passphrase) => {
      const [primary, sub] = algorithms === "rsa" ? ["rsa2048", "rsa2048"] : ["ed25519", "cv25519"];
      await run([...secret(passphrase), "--quick-gen-key", name, primary, "sign", "never"]);
      const fingerprint = await fingerprintOf(run, name);
      await run([...secret(passphrase), "--quick-add-key", fingerprint, sub, "encr", "never"]);
      return fingerprint;
    },
    exportPublic: async (id) => (await run(["--armor", "--export", id])).toString(),
    exportPrivate: async (id, passphrase) =>
      (await run([...secret(passphrase), "--armor", "--export-secret-keys", id])).toString(),
    importKey: async (armored) => {
      await run(["--import"], Buffer.from(armored));
    },
    encrypt: (plaintext, args) => run([...args, "--encrypt", "--output", "-"], plaintext),
    close: async () => {
      execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function fingerprintOf(run: Gpg["run"], name: string): Promise<string> {
  const listing = (await run(["--with-colons", "--list-keys", name])).toString();
  return /^fpr:+([0-9A-F]+):/m.exec(listing)?.[1] ?? "";
}

function gpg(home: string, args: readonly string[], input: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "buffer", maxBuffer: 2 ** 30 } as const;
    const child = execFile("gpg", ["--homedir", home, ...args], options, (error, out, told) => {
      if (error === null) resolve(out);
      else reject(new Error(`gpg ${args.join(" ")}: ${told.toString()}`, { cause: error }));
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function isInstalled(): boolean {
  try {
    execFileSync("gpg", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
