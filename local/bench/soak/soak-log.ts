import { z } from "zod";
import type { HostLogLine } from "../../host/log.ts";

const told = z.looseObject({ event: z.string() });
const number = z.coerce.number();

/** Requests as they were told of. */
export interface Requests {
  readonly storage: number;
  readonly lists: number;
  readonly graph: number;
}

/** Follows what the functions say: how far the day is, and what it has asked of whom. */
export class SoakLog {
  #requests = { storage: 0, lists: 0, graph: 0 };
  #invocations = 0;
  readonly #counts = new Map<string, number>();
  /** What went wrong, by event. */
  readonly faults: string[] = [];

  /** Takes a line of the host's; what is no line of a function is passed over. */
  take({ message, source }: Pick<HostLogLine, "message" | "source">): void {
    if (source !== "user" || !message.startsWith('{"event"')) return;
    const line = told.parse(JSON.parse(message));
    const { event } = line;
    this.#count(event, 1);
    if (event === "invocation.ended") this.#invocations += 1;
    if (event === "drop.moved") this.#count(`drop.moved to ${line["state"]}`, 1);
    if (event === "partition.gathered") this.#count("mailboxes", number.parse(line["mailboxes"]));
    if (event === "dependency.used")
      this.#add(String(line["dependency"]), String(line["operation"]), number.parse(line["calls"]));
    if (event === "invocation.failed" || event === "message.dead" || event === "report.not-balanced")
      this.faults.push(message);
  }

  /** How often an event was told since the day began; "mailboxes": how many runs there are to be; "drop.moved to ..." by state. */
  countOf(event: string): number {
    return this.#counts.get(event) ?? 0;
  }

  /** How many invocations have ended. */
  get invocations(): number {
    return this.#invocations;
  }

  /** What was asked since it was last taken, or since the day began. */
  takeRequests(): Requests {
    const taken = this.#requests;
    this.#requests = { storage: 0, lists: 0, graph: 0 };
    return taken;
  }

  /** Begins a day. */
  begin(): void {
    this.#counts.clear();
    this.takeRequests();
  }

  #count(event: string, by: number): void {
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + by);
  }

  #add(dependency: string, operation: string, calls: number): void {
    if (dependency === "graph") this.#requests.graph += calls;
    if (dependency !== "blobs" && dependency !== "queues") return;
    this.#requests.storage += calls;
    if (operation === "list") this.#requests.lists += calls;
  }
}
