import { z } from "zod";
import { type DropId, dropId } from "../../../shared/chat/identifiers.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import type { DependencyCall } from "../../../shared/telemetry/dependency-tally.ts";
import type { EventName } from "../../../shared/telemetry/events.ts";
import type { Body, Told } from "../measure/body.ts";
import { mailboxOf, putDrop } from "./import-drop.ts";
import { type ImportSetup, importWhole, startImport } from "./import-setup.ts";

/** What is counted together: as it can be saved. */
export const kinds = ["lease", "renew", "read", "look at", "append", "put", "list", "delete", "queue"] as const;
/** What is counted together. */
export type Kind = (typeof kinds)[number];

/** Part of an invocation, told apart by the lines that it logs. */
export type Phase = "import" | "verify" | "end";

/** Graph and the lease's renewals are hurried alike, so many times. */
const hurry = 20;
const graphInMs = 250;

const argsOf = z.object({ small: z.number(), large: z.number() });

/** Which kind a request is of, by the operation that the app tells of; undefined when storage was not asked. */
export function toKind({ dependency, operation }: Pick<DependencyCall, "dependency" | "operation">): Kind | undefined {
  if (dependency === "queues") return "queue";
  if (dependency !== "blobs") return undefined;
  if (operation === "renew the lease of") return "renew";
  if (operation.includes("lease")) return "lease";
  if (operation === "append to") return "append";
  return kinds.find((kind) => kind === operation) ?? "put";
}

/**
 * Counts requests to storage, each try, of whole mailbox runs: a small and a large one of people who have had runs before,
 * one of somebody new, and one over two chat days.
 */
export const importOperationsBody: Body = async (args) => {
  const { small, large } = argsOf.parse(args);
  const counter = new RunCounter();
  const setup = await startImport({
    latencyInMs: graphInMs / hurry,
    change: ({ renewEveryInMs }) => ({ renewEveryInMs: Math.floor(renewEveryInMs / hurry) }),
    onEvent: counter.onEvent,
    onBlob: counter.onBlob,
    observe: counter.observe,
  });
  try {
    const drops = await putDrops(setup.import.blobs, small, large);
    const count = (name: string, drop: DropId | undefined, mailbox: number): Promise<void> =>
      counter.count(name, setup, drop, mailbox);
    // The first run of a drop in a process reads what the others find in memory: its people.
    await count("first of the process", drops[0], 0);
    await count("first of the mailbox", drops[0], 1);
    await count("", drops[0], 2);
    await count("first of the drop", drops[1], 0);
    await count("small", drops[1], 1);
    const startedAt = performance.now();
    await count("large", drops[1], 2);
    const tookInMs = performance.now() - startedAt;
    await count("", drops[2], 0);
    await count("two days", drops[2], 1);
    // Renewals come by the clock: what they were in the time that was hurried is brought to the pace of Graph itself.
    return { ...counter.told, paceCorrection: (large * graphInMs) / hurry / setup.import.settings.lanes / tookInMs };
  } finally {
    await setup.stop();
  }
};

async function putDrops(blobs: Blobs, small: number, large: number): Promise<DropId[]> {
  const drops = [3, 4, 5].map((day) => dropId.parse(`bench-2026-06-0${day}-1`));
  const shapes = [
    { items: { 0: 1, 1: small, 2: 1 }, chatDays: 1 },
    { items: { 0: 1, 1: small, 2: large }, chatDays: 1 },
    { items: { 0: 2, 1: small }, chatDays: 2 },
  ];
  for (const [i, drop] of drops.entries()) {
    const shape = shapes[i];
    if (shape !== undefined) await putDrop(blobs, { drop, mailboxes: 10, ...shape });
  }
  return drops;
}

/** Counts what one run after the other asks of storage. */
class RunCounter {
  readonly #told: Record<string, number> = {};
  #run = "";
  #phase: Phase = "import";

  readonly onEvent = (event: EventName): void => {
    if (event === "slice.ended") this.#phase = "verify";
    if (event === "run.ended") this.#phase = "end";
  };

  readonly observe = (call: DependencyCall): void => {
    const kind = toKind(call);
    if (kind !== undefined) this.#add(`${this.#run}: ${this.#phase}: ${kind}`);
  };

  readonly onBlob = (method: string, sort: string): void => this.#add(`${this.#run}: at: ${method} ${sort}`);

  /** Of each run that has a name. */
  get told(): Told {
    return this.#told;
  }

  async count(name: string, setup: ImportSetup, drop: DropId | undefined, mailbox: number): Promise<void> {
    if (drop === undefined) throw new Error("there are not so many drops");
    [this.#run, this.#phase] = [name, "import"];
    await importWhole(setup.import, drop, mailboxOf(mailbox));
    this.#run = "";
  }

  #add(name: string): void {
    if (this.#run !== "") this.#told[name] = (this.#told[name] ?? 0) + 1;
  }
}
