import type { EventName } from "../../../shared/telemetry/events.ts";
import type { LogFields } from "../../../shared/telemetry/log.ts";

/** What the functions told of their requests (`dependency.used`), by function, dependency and operation. */
export class Usage {
  readonly #calls = new Map<string, number>();

  /** Takes a line of the log. */
  take(event: EventName, { function: name, dependency, operation, calls }: LogFields): void {
    if (event === "dependency.used") this.add(`${name}: ${dependency} ${operation}`, Number(calls));
  }

  /** Counts requests that the functions themselves do not make. */
  add(kind: string, calls = 1): void {
    this.#calls.set(kind, (this.#calls.get(kind) ?? 0) + calls);
  }

  /** Calls by `function: dependency operation`. */
  toTold(): Record<string, number> {
    return Object.fromEntries(this.#calls);
  }
}

/** Requests to blobs and queues among what was told, those of the named functions or all. */
export function storageCallsOf(told: Readonly<Record<string, unknown>>, functions?: readonly string[]): number {
  let calls = 0;
  for (const [kind, count] of Object.entries(told)) {
    const [, name = "", dependency] = /^(\w+): (blobs|queues) /.exec(kind) ?? [];
    if (dependency !== undefined && (functions?.includes(name) ?? true)) calls += Number(count);
  }
  return calls;
}
