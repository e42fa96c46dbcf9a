import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { loadOrMakeTls } from "../../tls/certificate-files.ts";
import { trustCertificate } from "../../tls/trust-certificate.ts";

/** The stub in its process. */
export interface RunningStub {
  /** With https; this process trusts it. */
  readonly url: string;
  stop(): Promise<void>;
}

const entry = join(import.meta.dirname, "import-stub.ts");
const told = z.object({ port: z.number() });

/**
 * Starts the cheap Graph of import-stub.ts in a process of its own.
 * @param latencyInMs how long it waits before each answer
 */
export async function startStub(latencyInMs = 0): Promise<RunningStub> {
  const folder = await mkdtemp(join(tmpdir(), "bench-stub-"));
  trustCertificate(await loadOrMakeTls(folder, Date.now()));
  const child = fork(entry, [folder, String(latencyInMs)], { execArgv: [] });
  const exited = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await exited;
    await rm(folder, { recursive: true });
  };
  try {
    return { url: `https://localhost:${await readPort(child)}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readPort(child: ChildProcess): Promise<number> {
  const [message]: unknown[] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error("the stub of Graph ended before it listened");
    }),
  ]);
  return told.parse(message).port;
}
