import { link, mkdir, mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningSshd, startSshd } from "../openssh/start-sshd.ts";
import { runCommand } from "./measure/run-command.ts";

/** OpenSSH's server on loopback, and what signs in to it. */
export interface BenchSite extends RunningSshd {
  /** Path of a private key that it takes. */
  readonly keyFile: string;
  readonly privateKey: string;
  /** Options for `scp` and `sftp`: this key, no questions; the port goes by itself. */
  readonly clientOptions: readonly string[];
  /** Makes a folder that holds one file, under another name for the same bytes. @returns the folder */
  serve(folder: string, path: string, name: string): Promise<string>;
}

/** Starts it. @throws Error when sshd or ssh-keygen is not installed */
export async function startBenchSite(scratch: string): Promise<BenchSite> {
  const keyFile = join(await mkdtemp(join(scratch, "site-")), "key");
  await runCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", keyFile]);
  const sshd = await startSshd({ publicKeys: [await readFile(`${keyFile}.pub`, "utf8")] });
  const quiet = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
  return {
    ...sshd,
    keyFile,
    privateKey: await readFile(keyFile, "utf8"),
    clientOptions: ["-q", "-F", "none", "-i", keyFile, ...quiet.flatMap((option) => ["-o", option])],
    serve: async (folder, path, name) => {
      await mkdir(folder, { recursive: true });
      await link(path, join(folder, name));
      return folder;
    },
  };
}
