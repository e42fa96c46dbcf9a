import { z } from "zod";
import type { DayShape, DayUsage, FunctionUsage } from "./day-usage.ts";

const line = z.looseObject({ event: z.string(), function: z.string() });
const number = z.coerce.number();

type Line = z.infer<typeof line>;
type Shape = { -readonly [K in keyof DayShape]: DayShape[K] };

interface Counting {
  executions: number;
  totalInMs: number;
  lines: number;
  linesInBytes: number;
  readonly calls: Record<string, number>;
}

/** Adds up what the functions tell of one day, line by line as `npm start -- --verbose` shows them. */
export class UsageReader {
  readonly #functions = new Map<string, Counting>();
  readonly #shape: Shape = { files: 0, items: 0, available: 0, chunks: 0, partitions: 0, persons: 0, runs: 0 };
  #isClosed = false;

  /** Whether the day's drop is done. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What each function did so far. */
  get functions(): Record<string, FunctionUsage> {
    return Object.fromEntries(this.#functions);
  }

  /** Takes what the terminal shows; what is no line of a function is passed over. */
  take(text: string): void {
    const [, json] = /^ {2}\w{4} (\{"event".*)$/.exec(text) ?? [];
    if (json === undefined) return;
    const told = line.parse(JSON.parse(json));
    this.#count(told, Buffer.byteLength(json));
    this.#describe(told);
  }

  /** What was told so far. */
  toUsage(storedInBytes: Readonly<Record<string, number>>, quiet: Readonly<Record<string, FunctionUsage>>): DayUsage {
    return {
      ...{ shape: { ...this.#shape }, functions: this.functions },
      ...{ quiet: { ...quiet }, storedInBytes: { ...storedInBytes } },
    };
  }

  #count(told: Line, sizeInBytes: number): void {
    const none: Counting = { executions: 0, totalInMs: 0, lines: 0, linesInBytes: 0, calls: {} };
    const usage = this.#functions.get(told.function) ?? none;
    this.#functions.set(told.function, usage);
    usage.lines += 1;
    usage.linesInBytes += sizeInBytes;
    if (told.event === "invocation.ended") {
      usage.executions += 1;
      usage.totalInMs += number.parse(told["durationInMs"]);
    }
    if (told.event !== "dependency.used") return;
    const name = `${String(told["dependency"])} ${String(told["operation"])}`;
    usage.calls[name] = (usage.calls[name] ?? 0) + number.parse(told["calls"]);
  }

  #describe(told: Line): void {
    const shape = this.#shape;
    if (told.event === "file.fetched") shape.files += 1;
    if (told.event === "file.sealed") shape.chunks += number.parse(told["chunks"]);
    if (told.event === "people.resolved") shape.persons += number.parse(told["persons"]);
    if (told.event === "partition.gathered") shape.partitions += 1;
    if (told.event === "run.ended") shape.runs += 1;
    if (told.event !== "drop.closed") return;
    shape.items += number.parse(told["items"]);
    shape.available += number.parse(told["available"]);
    this.#isClosed = true;
  }
}
