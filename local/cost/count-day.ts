import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
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

/** The timers' functions: with nothing to do they still look whether there is. */
const timers = ["fetchDrops", "sweep"] as const;
const quietRuns = 4;

/**
 * Runs a sample day through the whole local system and counts what it took; then pauses the connector, and counts what the
 * timers do when there is nothing to do. @throws Error when the day does not come to its end
 */
export async function countDay(day: SampleDay): Promise<DayUsage> {
  const state = await mkdtemp(join(tmpdir(), "count-day-"));
  const sizes = ["--messages", String(day.messages), "--users", String(day.users), "--format", day.format];
  const child = spawn(process.execPath, [start, "--verbose", "--state", state, "--limit", "0", ...sizes], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const reader = await readDay(lines);
    const { blobs } = openPlace({ type: "start", state, start: undefined }).storage;
    const stored = await measureContainers(blobs);
    await pause(blobs);
    return reader.toUsage(stored, await readQuiet(lines));
  } finally {
    child.kill("SIGINT");
    await exited;
    await rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

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

/** An invocation's requests are told together at its end. The first of each function may have begun before the pause. */
async function readQuiet(lines: Lines): Promise<Record<string, FunctionUsage>> {
  const reader = new UsageReader();
  const begun = new Map<string, number>();
  const invocations = new Map<string, string[]>();
  while (timers.some((name) => (begun.get(name) ?? 0) < quietRuns)) {
    const text = await next(lines);
    const { function: name = "", invocation = "" } =
      /"function":"(?<function>\w+)","invocation":"(?<invocation>[\w-]+)"/.exec(text)?.groups ?? {};
    if (!timers.some((timer) => timer === name)) continue;
    const told = [...(invocations.get(invocation) ?? []), text];
    invocations.set(invocation, told);
    if (!text.includes('"invocation.ended"')) continue;
    begun.set(name, (begun.get(name) ?? 0) + 1);
    if ((begun.get(name) ?? 0) > 1) for (const one of told) reader.take(one);
  }
  return reader.functions;
}

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
