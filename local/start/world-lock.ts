import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { WrongOption } from "./wrong-option.ts";

const lockFile = z.object({
  /** The start that uses the folder. */
  pid: z.number(),
  /** Its storage, which goes on for some seconds to write what it has acknowledged when the start was killed. */
  storagePid: z.number().optional(),
  /** How its storage is reached, by whoever may read this file. */
  connectionString: z.string().optional(),
});
type Lock = z.infer<typeof lockFile>;

/** Keeps other starts away from a folder. */
export interface WorldLock {
  /** Notes the process whose end the next start has to wait for, and how others reach its storage meanwhile. */
  noteStorage(storage: { readonly pid: number; readonly connectionString: string }): void;
  leave(): void;
}

const startName = "main.ts";
const storageName = "azurite-process.ts";
/** A start whose terminal is gone needs a moment to notice. */
const patienceInMs = 4_000;
const storagePatienceInMs = 70_000;

/**
 * Takes a folder for this process, when the start that had it before and its storage are gone: two storages in one folder
 * would each write over what the other has acknowledged.
 * @throws WrongOption when another start is using it
 */
export async function lockWorld(folder: string, say: (line: string) => void): Promise<WorldLock> {
  const path = join(folder, "lock.json");
  const before = readLock(path);
  if (before !== undefined) {
    if (!(await isGone(before.pid, startName, patienceInMs))) {
      throw new WrongOption(`Process ${before.pid} is already running this in ${folder}. End it first.`);
    }
    if (before.storagePid !== undefined && isRunning(before.storagePid, storageName)) {
      say("Waiting for the storage of the start before, which is still writing.");
    }
    if (before.storagePid !== undefined && !(await isGone(before.storagePid, storageName, storagePatienceInMs))) {
      throw new WrongOption(`Process ${before.storagePid} still writes into ${folder}. End it first.`);
    }
    rmSync(path, { force: true });
  }
  claim(path, folder);
  return {
    noteStorage: ({ pid: storagePid, connectionString }) =>
      writeFileSync(path, JSON.stringify({ pid: process.pid, storagePid, connectionString })),
    leave: () => rmSync(path, { force: true }),
  };
}

/** How the storage of the start that has this folder is reached; undefined when none is running there. */
export function readRunning(folder: string): string | undefined {
  const lock = readLock(join(folder, "lock.json"));
  return lock !== undefined && isRunning(lock.pid, startName) ? lock.connectionString : undefined;
}

function claim(path: string, folder: string): void {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid }), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    throw new WrongOption(`Another start has just begun in ${folder}. End it first.`);
  }
}

/** A start that was killed while it wrote leaves half a file, which says as much as none. */
function readLock(path: string): Lock | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return lockFile.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { pid: 0 };
  }
}

async function isGone(pid: number, name: string, patience: number): Promise<boolean> {
  for (let waited = 0; waited <= patience; waited += 100) {
    if (!isRunning(pid, name)) return true;
    await sleep(100);
  }
  return false;
}

/** Numbers of processes come again, so where it can be seen the command is looked at too. */
function isRunning(pid: number, name: string): boolean {
  if (pid === 0 || pid === process.pid || !isAlive(pid)) return false;
  const command = `/proc/${pid}/cmdline`;
  try {
    return !existsSync(command) || readFileSync(command, "utf8").includes(name);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
