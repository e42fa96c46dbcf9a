import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const binary = "/usr/sbin/sshd";

/** Why tests against OpenSSH's server cannot run here; `false` when they can. */
export const whyNoSshd: string | false = existsSync(binary)
  ? false
  : "OpenSSH's server is not installed here (apt-get install openssh-server)";

/** A running OpenSSH server. */
export interface RunningSshd {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Fingerprints as ssh-keygen prints them, by kind of host key. */
  readonly fingerprints: { readonly ed25519: string; readonly rsa: string };
  /** Stops the server's process (and its children) as a hanging machine would. */
  freeze(): void;
  close(): Promise<void>;
}

/** How to run it. */
export interface SshdOptions {
  /** Lines of authorized_keys. */
  readonly publicKeys: readonly string[];
  /** More lines for sshd_config. */
  readonly settings?: readonly string[];
}

/** Starts OpenSSH's sshd for the current user on a free loopback port, with its own keys and configuration. */
export async function startSshd({ publicKeys, settings = [] }: SshdOptions): Promise<RunningSshd> {
  const folder = await mkdtemp(join(tmpdir(), "sshd-"));
  const port = await freePort();
  const fingerprints = { ed25519: makeHostKey(folder, "ed25519"), rsa: makeHostKey(folder, "rsa") };
  await writeFile(join(folder, "authorized_keys"), `${publicKeys.join("\n")}\n`, { mode: 0o600 });
  await writeFile(join(folder, "sshd_config"), toConfig(folder, port, settings));
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const server = spawn(binary, ["-D", "-f", join(folder, "sshd_config"), "-E", join(folder, "log")], {
    detached: true,
  });
  await waitUntilListening(server, folder);
  // Each connection has processes of its own, which outlive the listening one.
  const everyone = () => [...childrenOf(server.pid ?? 0), server.pid ?? 0];
  return {
    host: "127.0.0.1",
    port,
    user: userInfo().username,
    fingerprints,
    freeze: () => {
      for (const pid of everyone()) send(pid, "SIGSTOP");
    },
    close: async () => {
      for (const pid of everyone()) send(pid, "SIGKILL");
      if (server.exitCode === null && server.signalCode === null) {
        await new Promise((resolve) => server.once("exit", resolve));
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function makeHostKey(folder: string, kind: "ed25519" | "rsa"): string {
  const path = join(folder, `host_${kind}`);
  const bits = kind === "rsa" ? ["-b", "2048"] : [];
  execFileSync("ssh-keygen", ["-q", "-t", kind, ...bits, "-N", "", "-f", path]);
  return execFileSync("ssh-keygen", ["-l", "-f", path], { encoding: "utf8" }).split(" ")[1] ?? "";
}

function toConfig(folder: string, port: number, settings: readonly string[]): string {
  return [
    // sshd takes the first value it reads for a setting, so what a test asks for comes first.
    ...settings,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host_ed25519`,
    `HostKey ${folder}/host_rsa`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `PidFile ${folder}/pid`,
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "Subsystem sftp internal-sftp",
    // All tests come from one address; who breaks off in the sign-in would be taken for an attacker.
    ...(hasPenalties() ? ["PerSourcePenalties no"] : []),
    "",
  ].join("\n");
}

/** OpenSSH 9.8 and later shut out addresses that misbehave; earlier ones do not know the setting. */
function hasPenalties(): boolean {
  const { stderr, stdout } = spawnSync(binary, ["-V"], { encoding: "utf8" });
  const [, major = "0", minor = "0"] = /OpenSSH_(\d+)\.(\d+)/.exec(stderr + stdout) ?? [];
  return Number(major) * 100 + Number(minor) >= 908;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}

async function waitUntilListening(server: ChildProcess, folder: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const log = await readFile(join(folder, "log"), "utf8").catch(() => "");
    if (log.includes("Server listening")) return;
    if (server.exitCode !== null) throw new Error(`sshd ended at once: ${log}`);
    await sleep(25);
  }
  throw new Error("sshd does not listen after 5 s");
}

function childrenOf(pid: number): number[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([child, of]) => (of === parent && child !== undefined ? [...below(child), child] : []));
  return below(pid);
}

function send(pid: number, signal: "SIGSTOP" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
