import type { FaultRule } from "../../local/stand-ins/fault-rule.ts";
import type { ImportKey, ObjectId } from "../../shared/chat/identifiers.ts";
import type { ImportSettings } from "../../shared/import/import-settings.ts";
import type { Mailbox } from "../../shared/import/mailbox.ts";
import { importKeyProperty } from "../../shared/import/message-ids.ts";
import type { ResultLine, RunSummary } from "../../shared/pipeline/run-result.ts";
import type { RunState } from "../../shared/pipeline/run-state.ts";
import { type GraphWorld, type GraphWorldOptions, startGraphWorld, userOf } from "./graph-world.ts";
import { ImportWorld, type Line, TurningClock } from "./import-world.ts";

/** Requests that create items. */
export const creations = { method: "POST", path: "/messages$" };
/** A clock that both sides go by may jump ahead while an answer is on its way, so only real silence counts as such. */
const requestTimeoutInMs = 400;

/** What came of importing a list over the wire. */
export interface WireImport {
  readonly world: ImportWorld;
  readonly run: RunState;
  readonly result: readonly ResultLine[];
  readonly summary: RunSummary;
  /** How often each fault struck, in the order of the rules. */
  readonly hits: readonly number[];
  /** How long it took by the clock of both sides. */
  readonly tookInMs: number;
}

/** Graph's stand-in and the importing of mailboxes through real https, both by one clock that only waits turn. */
export class WireWorld {
  readonly clock: TurningClock;
  readonly graph: GraphWorld;
  #users = 0;

  private constructor(clock: TurningClock, graph: GraphWorld) {
    this.clock = clock;
    this.graph = graph;
  }

  static async start(
    users: number,
    options: (clock: TurningClock) => Omit<GraphWorldOptions, "clock"> = () => ({}),
  ): Promise<WireWorld> {
    const clock = new TurningClock(7999);
    return new WireWorld(clock, await startGraphWorld(users, { clock, ...options(clock) }));
  }

  /** A user whom nobody had before. */
  nextUser(): ObjectId {
    this.#users += 1;
    return userOf(this.#users - 1);
  }

  /** A world of importing whose mailbox is a user's, in Graph. */
  worldOf(oid: ObjectId, given: Partial<ImportSettings> = {}): ImportWorld {
    const world = new ImportWorld({ itemsPerBatch: 60, blocksPerFile: 1000, ...given }, this.clock);
    const mailbox: Mailbox = this.graph.mailboxOf(oid, requestTimeoutInMs);
    Object.assign(world, { mailbox });
    return world;
  }

  /** Imports a list into a new user's mailbox, under faults. */
  async import(lines: readonly Line[], rules: readonly FaultRule[], oid = this.nextUser()): Promise<WireImport> {
    const world = this.worldOf(oid);
    await world.begin(lines);
    return this.runToEnd(world, rules);
  }

  /** Goes on with a generation until its run has ended. */
  async runToEnd(world: ImportWorld, rules: readonly FaultRule[], gen = 1): Promise<WireImport> {
    const faults = rules.map((rule) => this.graph.standIn.faults.add(rule));
    const startedAt = this.clock.now();
    try {
      const run = await world.runToEnd(gen, undefined, 20_000);
      const result = await world.result(gen);
      const summary = result.at(-1);
      if (summary?.type !== "summary") throw new Error("a result without its summary");
      const tookInMs = this.clock.now() - startedAt;
      return { world, run, result, summary, hits: faults.map(({ hits }) => hits), tookInMs };
    } finally {
      for (const { id } of faults) this.graph.standIn.faults.remove(id);
    }
  }

  /** How often each import key is in a user's mailbox, in whatever folder. */
  countsIn(oid: ObjectId): Record<string, number> {
    const { store } = this.graph.standIn;
    const counts: Record<string, number> = {};
    for (const item of store.mailbox(oid).items()) {
      const key = keyOfMessage(store.read(item));
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }
}

const keyName = importKeyProperty.split(" Name ")[1] ?? "";

/** The import key of a message as the stand-in keeps it. */
export function keyOfMessage(message: Readonly<Record<string, unknown>>): string {
  return new RegExp(`Name ${keyName}","value":"([\\w-]{43})"`).exec(JSON.stringify(message))?.[1] ?? "no key";
}

/** What is not as it must be: items that are not there, and that are there more than once. */
export function toBalance(
  lines: readonly Line[],
  counts: Readonly<Record<string, number>>,
): { items: number; lost: number; doubled: number; strange: number } {
  const keys = new Set<ImportKey>(lines.map(({ item }) => item.key));
  const lost = [...keys].filter((key) => counts[key] === undefined).length;
  const doubled = Object.values(counts).filter((count) => count > 1).length;
  const strange = Object.keys(counts).filter((key) => ![...keys].some((one) => one === key)).length;
  return { items: keys.size, lost, doubled, strange };
}
