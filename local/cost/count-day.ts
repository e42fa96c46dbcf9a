import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { connector } from "../../shared/config/connector.ts";
import { listConnectors } from "../../shared/pipeline/connector-book.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { containers, paths } from "../../shared/store/paths.ts";
import { updateDocument } from "../../shared/store/state-document.ts";
import { openPlace } from "../operate/open-place.ts";
import type { DayUsage, FunctionUsage } from "./day-usage.ts";
import { UsageReader } from "./read-usage.ts";

/** A day to be counted. */
export interface SampleDay {
  readonly messages: number;
  readonly users: number;
  readonly format: string;
}

const start = join(import.meta.dirname, "..", "start", "main.ts");

/** The timers' runs: with nothing to do they still look whether there is. Some sweeps do everything all the same. */
const quiet = ["fetchDrops", "sweep", "sweepFull"] as const;
type Quiet = (typeof quiet)[number];
const quietRuns = 3;

/**
 * Runs two sample days of the same people through the whole local system and counts what the second one took: on the first,
 * every mailbox is seen and every folder made for the first time. Then pauses the connector, and counts what the timers do
 * when there is nothing to do. @throws Error when a day does not come to its end
 */
export async function countDay(day: SampleDay): Promise<DayUsage> {
  const state = await mkdtemp(join(tmpdir(), "count-day-"));
  try {
    const before = await runStart(day, state, async (lines, openBlobs) => {
      await readDay(lines);
      return await measureContainers(openBlobs());
    });
    await bringAnotherDay(state);
    return await runStart(day, state, async (lines, openBlobs) => {
      const reader = await readDay(lines);
      const blobs = openBlobs();
      const after = Object.entries(await measureContainers(blobs));
      const stored = Object.fromEntries(after.map(([name, size]) => [name, size - (before[name] ?? 0)]));
      await pause(blobs);
      return reader.toUsage(stored, await readQuiet(lines));
    });
  } finally {
    await rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Starts the local system over a folder, and ends it when `work` has read what it wants of the terminal. */
async function runStart<T>(
  day: SampleDay,
  state: string,
  work: (lines: Lines, openBlobs: () => Blobs) => Promise<T>,
): Promise<T> {
  const sizes = ["--messages", String(day.messages), "--users", String(day.users), "--format", day.format];
  const child = spawn(process.execPath, [start, "--verbose", "--state", state, "--limit", "0", ...sizes], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return await work(lines, () => openPlace({ type: "start", state, start: undefined }).storage.blobs);
  } finally {
    child.kill("SIGINT");
    await exited;
  }
}

/** The next start of the folder puts another sample on its site: of the day before, so that none is of the future. */
async function bringAnotherDay(state: string): Promise<void> {
  const [world = ""] = await readdir(state);
  const path = join(state, world, "world.json");
  const facts = z.looseObject({ day: z.iso.date() }).parse(JSON.parse(await readFile(path, "utf8")));
  const day = new Date(Date.parse(facts.day) - dayInMs).toISOString().slice(0, 10);
  await writeFile(path, JSON.stringify({ ...facts, day, isSampleReady: false }));
}

const dayInMs = 24 * 3600_000;

type Lines = AsyncIterator<string>;

async function next(lines: Lines): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error("The start ended before everything was counted.");
  return value;
}

async function readDay(lines: Lines): Promise<UsageReader> {
  const reader = new UsageReader();
  for (let text = ""; !reader.isClosed || !text.includes('"invocation.ended"'); ) {
    text = await next(lines);
    reader.take(text);
  }
  return reader;
}

/** An invocation's requests are told together at its end. The first of each kind may have begun before the pause. */
async function readQuiet(lines: Lines): Promise<Record<string, FunctionUsage>> {
  const readers = new Map<Quiet, UsageReader>(quiet.map((kind) => [kind, new UsageReader()]));
  const ended = new Map<Quiet, number>();
  const invocations = new Map<string, string[]>();
  while (quiet.some((kind) => (ended.get(kind) ?? 0) < quietRuns)) {
    const text = await next(lines);
    const { function: name = "", invocation = "" } =
      /"function":"(?<function>\w+)","invocation":"(?<invocation>[\w-]+)"/.exec(text)?.groups ?? {};
    if (name !== "fetchDrops" && name !== "sweep") continue;
    const told = [...(invocations.get(invocation) ?? []), text];
    invocations.set(invocation, told);
    if (!text.includes('"invocation.ended"')) continue;
    const kind = name === "sweep" && told.some((one) => one.includes('"drops.measured"')) ? "sweepFull" : name;
    ended.set(kind, (ended.get(kind) ?? 0) + 1);
    if ((ended.get(kind) ?? 0) > 1) for (const one of told) readers.get(kind)?.take(one);
  }
  return Object.fromEntries([...readers].map(([kind, { functions }]) => [kind, Object.values(functions)[0] ?? none]));
}

const none: FunctionUsage = { executions: 0, totalInMs: 0, lines: 0, linesInBytes: 0, calls: {} };

async function pause(blobs: Blobs): Promise<void> {
  const options = { writer: "counting" };
  for (const name of await listConnectors(blobs)) {
    await updateDocument(blobs, paths.connector(name), connector, (now) => ({ ...now, isPaused: true }), options);
  }
}

async function measureContainers(blobs: Pick<Blobs, "list">): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const container of Object.keys(containers)) {
    let sum = 0;
    for await (const { sizeInBytes } of blobs.list(`${container}/`)) sum += sizeInBytes;
    sizes[container] = sum;
  }
  return sizes;
}
