import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { type Source, type StartOptions, WrongOption } from "./options.ts";

const worldFile = z.object({
  v: z.literal(1),
  /** Password of the local SFTP site. */
  sitePassword: z.string(),
  /** Secret of the app in the stand-in directory. */
  clientSecret: z.string(),
  /** The sample's trading day. */
  day: z.string(),
  /** Whether the sample drop lies whole on the site. */
  isSampleReady: z.boolean(),
});

/** What one set of options has of its own: a folder below `.local` in which everything outlives the process. */
export interface World {
  readonly folder: string;
  readonly facts: z.infer<typeof worldFile>;
  note(change: Partial<z.infer<typeof worldFile>>): void;
  /** Lets the next start have the folder. */
  leave(): void;
}

/**
 * Opens the folder of these options: the same options find the same mailboxes again, others get their own.
 * @throws WrongOption when another start is using it
 */
export function openWorld(options: StartOptions, root = ".local"): World {
  const folder = resolve(root, toName(options));
  const lock = join(folder, "pid");
  if (existsSync(lock) && isRunning(Number(readFileSync(lock, "utf8")))) {
    throw new WrongOption(`Process ${readFileSync(lock, "utf8")} is already running this in ${folder}. End it first.`);
  }
  if (options.fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(lock, String(process.pid));
  const path = join(folder, "world.json");
  let facts = existsSync(path) ? worldFile.parse(JSON.parse(readFileSync(path, "utf8"))) : makeFacts(path);
  return {
    folder,
    get facts() {
      return facts;
    },
    note: (change) => {
      facts = { ...facts, ...change };
      save(path, facts);
    },
    leave: () => rmSync(lock, { force: true }),
  };
}

function makeFacts(path: string): z.infer<typeof worldFile> {
  const yesterday = new Date(Date.now() - 24 * 3600 * 1000).toISOString().slice(0, 10);
  const facts = {
    v: 1 as const,
    sitePassword: randomBytes(18).toString("base64url"),
    clientSecret: randomBytes(24).toString("base64url"),
    day: yesterday,
    isSampleReady: false,
  };
  save(path, facts);
  return facts;
}

/** Whole or not at all: a start may be killed at any time. */
function save(path: string, facts: z.infer<typeof worldFile>): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(facts, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function toName({ source, mapping = "", directory = "", zone }: StartOptions): string {
  if (source.type === "sample")
    return `sample-${source.format}-${source.messages}-${source.users}-${toHash(source.seed, zone)}`;
  return `${source.type}-${toHash(toPlace(source), mapping, directory, zone)}`;
}

function toPlace(source: Exclude<Source, { type: "sample" }>): string {
  return source.type === "files" ? source.folder : `${source.url.host}${source.url.pathname}`;
}

function toHash(...words: readonly string[]): string {
  return createHash("sha256").update(words.join("\n")).digest("hex").slice(0, 8);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch {
    return false;
  }
}
