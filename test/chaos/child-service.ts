import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { z } from "zod";
import type { Started } from "./supervised.ts";

/** A service in a process of its own, which can be asked things. */
export interface ChildService<Ready> extends Started {
  /** What it said when it was up. */
  readonly ready: Ready;
  /** Asks it to do something; resolves when it has. @throws when it ends before */
  ask(task: object): Promise<void>;
}

/** How to start a service. */
export interface ChildServiceOptions<Ready> {
  /** Script in test/chaos/services. */
  readonly script: string;
  /** What it is given, as JSON. */
  readonly options: object;
  readonly ready: z.ZodType<Ready>;
  /** Takes what it says by itself. */
  readonly onTold?: (told: unknown) => void;
}

/**
 * Starts a service and resolves when it is up. It ends with this process.
 * @throws with its last words when it ends before it is up
 */
export async function startChildService<Ready>(given: ChildServiceOptions<Ready>): Promise<ChildService<Ready>> {
  const child = fork(join(import.meta.dirname, "services", given.script), [JSON.stringify(given.options)], {
    execArgv: [],
    // Ctrl-C in a terminal reaches the caller alone, which ends this one when nobody needs it any more.
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const exited = once(child, "exit");
  const lastWords = gatherLastWords(child);
  const first = await Promise.race([once(child, "message"), exited.then(() => undefined)]);
  if (first === undefined) throw new Error(`${given.script} did not start: ${lastWords()}`);
  const waiting = new Map<number, () => void>();
  child.on("message", (message: unknown) => {
    const done = typeof message === "object" && message !== null && "done" in message ? message.done : undefined;
    if (typeof done === "number") waiting.get(done)?.();
    else given.onTold?.(message);
  });
  let lastId = 0;
  return {
    pid: child.pid ?? 0,
    exited,
    ready: given.ready.parse(first[0]),
    ask: async (task) => {
      lastId += 1;
      const done = new Promise<void>((resolve) => waiting.set(lastId, resolve));
      child.send({ ...task, id: lastId }, () => undefined);
      await Promise.race([done, exited.then(() => Promise.reject(new Error(`${given.script} ended: ${lastWords()}`)))]);
    },
    stop: () => {
      if (child.connected) child.disconnect();
      return exited;
    },
  };
}

function gatherLastWords(child: ChildProcess): () => string {
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-4000);
  });
  return () => words.trim();
}
