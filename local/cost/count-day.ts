import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Blobs } from "../../shared/store/blobs.ts";
import { containers } from "../../shared/store/paths.ts";
import { openPlace } from "../operate/open-place.ts";
import type { DayUsage } from "./day-usage.ts";
import { UsageReader } from "./read-usage.ts";

/** A day to be counted. */
export interface SampleDay {
  readonly messages: number;
  readonly users: number;
  readonly format: string;
}

const start = join(import.meta.dirname, "..", "start", "main.ts");

/** Runs a sample day through the whole local system and counts what it took. @throws Error when it does not come to its end */
export async function countDay(day: SampleDay): Promise<DayUsage> {
  const state = await mkdtemp(join(tmpdir(), "count-day-"));
  const sizes = ["--messages", String(day.messages), "--users", String(day.users), "--format", day.format];
  const child = spawn(process.execPath, [start, "--verbose", "--state", state, "--limit", "0", ...sizes], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  try {
    const reader = new UsageReader();
    for await (const text of createInterface({ input: child.stdout })) {
      reader.take(text);
      // The invocation that closes the drop tells what it asked for a moment later.
      if (reader.isClosed && text.includes('"invocation.ended"')) break;
    }
    if (!reader.isClosed) throw new Error("The start ended before the drop was closed.");
    return reader.toUsage(await measureContainers(openPlace({ type: "start", state, start: undefined }).storage.blobs));
  } finally {
    child.kill("SIGINT");
    await exited;
    await rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
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
