import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Source, StartOptions } from "./options.ts";
import { lockWorld, type WorldLock } from "./world-lock.ts";

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
  /** Where the admin's page was at the first start, and is wanted again: bookmarks and open tabs go on working. */
  pagePort: z.number().int().optional(),
  /** The host keys that a site of the user's own showed at the first start. */
  hostKeys: z.array(z.string()).optional(),
});

/** What one set of options has of its own: a folder in which everything outlives the process. */
export interface World extends WorldLock {
  readonly folder: string;
  readonly facts: z.infer<typeof worldFile>;
  note(change: Partial<z.infer<typeof worldFile>>): void;
}

/**
 * Opens the folder of these options: the same options find the same mailboxes again, others get their own.
 * @throws WrongOption when another start is using it
 */
export async function openWorld(options: StartOptions, say: (line: string) => void): Promise<World> {
  const folder = join(options.state, toName(options));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await lockWorld(folder, say);
  if (options.fresh) forget(folder);
  const path = join(folder, "world.json");
  let facts = existsSync(path) ? worldFile.parse(JSON.parse(readFileSync(path, "utf8"))) : makeFacts(path);
  return {
    ...lock,
    folder,
    get facts() {
      return facts;
    },
    note: (change) => {
      facts = { ...facts, ...change };
      save(path, facts);
    },
  };
}

/** All but the lock, which is ours. */
function forget(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name !== "lock.json") rmSync(join(folder, name), { recursive: true, force: true });
  }
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
  if (source.type === "files") return source.folder;
  const { user, host, port, folder } = source;
  return `${user}@${host}:${port}${folder}`;
}

function toHash(...words: readonly string[]): string {
  return createHash("sha256").update(words.join("\n")).digest("hex").slice(0, 8);
}
