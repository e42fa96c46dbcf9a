import { EventEmitter, once } from "node:events";
import type { HostLogLine } from "../../local/host/log.ts";

/** They run whether there is work or not. */
const timers = new Set(["fetchDrops", "sweep"]);

/** What each host's functions are doing right now, as the hosts' logs tell it. */
export class InFlight {
  readonly #hosts = new Map<string, Map<string, string>>();
  readonly #news = new EventEmitter();
  /** Runs of functions that move a drop on, ended well. */
  done = 0;

  constructor() {
    this.#news.setMaxListeners(100);
  }

  /** Takes a host's log line. */
  note(host: string, { source, message, invocationId, functionName }: HostLogLine): void {
    if (source !== "host" || invocationId === undefined || functionName === undefined) return;
    const running = this.#of(host);
    if (message.startsWith("Executing ")) {
      running.set(invocationId, functionName);
      this.#news.emit("begun", host, functionName);
    } else if (message.startsWith("Executed ")) {
      running.delete(invocationId);
      if (message.includes("(Succeeded") && !timers.has(functionName)) this.done += 1;
      this.#news.emit("ended");
    }
  }

  /** The host is gone, and with it whatever ran there. */
  forget(host: string): void {
    this.#hosts.delete(host);
  }

  /** The functions that run in a host, or in all; each once. */
  running(host?: string): string[] {
    const maps = host === undefined ? [...this.#hosts.values()] : [this.#of(host)];
    return [...new Set(maps.flatMap((running) => [...running.values()]))].toSorted();
  }

  /** Waits until a function begins, and tells in which host; undefined when that takes too long. */
  async untilBegun(functionName: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      for (;;) {
        const [host, begun]: string[] = await once(this.#news, "begun", { signal });
        if (begun === functionName) return host;
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  /** Waits until so many more runs have moved a drop on, or the signal comes. */
  async untilDone(more: number, signal: AbortSignal): Promise<void> {
    const enough = this.done + more;
    while (this.done < enough && !signal.aborted) {
      await once(this.#news, "ended", { signal }).catch(() => undefined);
    }
  }

  #of(host: string): Map<string, string> {
    const known = this.#hosts.get(host) ?? new Map<string, string>();
    this.#hosts.set(host, known);
    return known;
  }
}
