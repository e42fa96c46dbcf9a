import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { type FromHostMessage, fromHostMessage, type HostMemory, type ToHostMessage } from "./control-protocol.ts";
import { type HostLogLine, parseHostLogLine } from "./log.ts";
import type { hostTuning } from "./tuning.ts";

/** How to start a host. */
export interface HostOptions {
  /** The built bundle, dist/main.js. */
  readonly bundle: string;
  /** @default host.json beside the bundle's folder */
  readonly hostJson?: string;
  /** App settings: names and values. They win over this process's environment, which the functions see too. */
  readonly settings: Readonly<Record<string, string>>;
  /** @default a free port */
  readonly httpPort?: number;
  /** When the port is in use a free one is taken. @default false */
  readonly isPortWish?: boolean;
  /** Timer functions to run once as soon as the triggers run. */
  readonly runAtStart?: readonly string[];
  readonly tuning?: z.input<typeof hostTuning>;
  /** Takes each log line, those of level `debug` too. */
  readonly onLog?: (line: HostLogLine) => void;
}

/** How a host ended. `memory` is known when it was stopped and not killed. */
export interface HostExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly memory: HostMemory | undefined;
}

/** A host whose triggers run, in a child process that ends with this one. */
export interface RunningHost {
  readonly pid: number;
  readonly httpPort: number;
  readonly functions: readonly string[];
  /** Functions the host has left out, with the reasons. */
  readonly inError: readonly { readonly name: string; readonly error: string }[];
  readonly exited: Promise<HostExit>;
  /** Runs a timer function once; resolves with whether it succeeded. Throws when there is none of that name. */
  runTimer(functionName: string): Promise<boolean>;
  /** Peak and present memory of host and worker, in bytes. Throws when the host is gone. */
  memory(): Promise<HostMemory>;
  /** Takes no new work, waits for running functions, ends. */
  stop(): Promise<HostExit>;
  /** Ends host and functions at once, in the middle of whatever they do. */
  kill(): Promise<HostExit>;
}

type Reply = Extract<FromHostMessage, { id: number }>;

/**
 * Starts a host as a child process and resolves when its triggers run.
 * Throws with the host's last words when it does not come up: a bad host.json, a bundle that throws, storage out of reach.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const child = forkHost(options);
  const lastWords: string[] = [];
  readLines(child, (line) => {
    if (lastWords.push(line.message) > 40) lastWords.shift();
    options.onLog?.(line);
  });
  const channel = openChannel(child);
  const first = await Promise.race([channel.ready, channel.exited]);
  if (!("kind" in first)) throw new Error(`The function host did not start:\n${lastWords.join("\n")}`);
  return {
    pid: child.pid ?? 0,
    httpPort: first.httpPort,
    functions: first.functions,
    inError: first.inError,
    exited: channel.exited,
    runTimer: async (functionName) => {
      const reply = await channel.ask((id) => ({ kind: "run-timer", id, functionName }));
      if (reply.kind !== "timer-done") throw new Error(`The host answered ${reply.kind}.`);
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply.succeeded;
    },
    memory: async () => {
      const reply = await channel.ask((id) => ({ kind: "memory", id }));
      if (reply.kind !== "memory") throw new Error(`The host answered ${reply.kind}.`);
      return reply.memory;
    },
    stop: () => {
      send(child, { kind: "stop" });
      return channel.exited;
    },
    kill: () => {
      child.kill("SIGKILL");
      return channel.exited;
    },
  };
}

function forkHost({
  bundle,
  hostJson,
  settings,
  httpPort = 0,
  isPortWish = false,
  runAtStart = [],
  tuning = {},
}: HostOptions): ChildProcess {
  const args = [
    "--bundle",
    bundle,
    "--http-port",
    String(httpPort),
    "--log",
    "json",
    "--tuning",
    JSON.stringify(tuning),
  ];
  if (isPortWish) args.push("--http-port-is-wish");
  if (hostJson !== undefined) args.push("--host-json", hostJson);
  for (const name of runAtStart) args.push("--run-at-start", name);
  return fork(join(import.meta.dirname, "main.ts"), args, {
    // In its own process group: Ctrl-C in a terminal reaches the caller alone, which then stops the host in order.
    detached: true,
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...settings },
  });
}

function readLines(child: ChildProcess, onLine: (line: HostLogLine) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (text) => onLine(parseHostLogLine(text, () => new Date())));
  }
}

interface HostChannel {
  readonly ready: Promise<Extract<FromHostMessage, { kind: "ready" }>>;
  readonly exited: Promise<HostExit>;
  ask(toMessage: (id: number) => ToHostMessage): Promise<Reply>;
}

function openChannel(child: ChildProcess): HostChannel {
  const ready = Promise.withResolvers<Extract<FromHostMessage, { kind: "ready" }>>();
  const waiting = new Map<number, PromiseWithResolvers<Reply>>();
  let lastId = 0;
  let isGone = false;
  let memory: HostMemory | undefined;
  child.on("message", (raw) => {
    const message = fromHostMessage.parse(raw);
    if (message.kind === "ready") ready.resolve(message);
    else if (message.kind === "stopped") memory = message.memory;
    else {
      waiting.get(message.id)?.resolve(message);
      waiting.delete(message.id);
    }
  });
  const exited = untilGone(child).then(([code, signal]): HostExit => {
    isGone = true;
    for (const { reject } of waiting.values()) reject(new Error("The function host is gone."));
    return { code, signal, memory };
  });
  return {
    ready: ready.promise,
    exited,
    ask: (toMessage) => {
      const reply = Promise.withResolvers<Reply>();
      lastId += 1;
      waiting.set(lastId, reply);
      if (isGone) reply.reject(new Error("The function host is gone."));
      else send(child, toMessage(lastId));
      return reply.promise;
    },
  };
}

/** After the last line of output and the last message: both may still be on their way when the process has ended. */
async function untilGone(child: ChildProcess): Promise<[HostExit["code"], HostExit["signal"]]> {
  const disconnected = once(child, "disconnect");
  const closed = new Promise<[HostExit["code"], HostExit["signal"]]>((resolve) => {
    child.once("close", (code, signal) => resolve([code, signal]));
  });
  await disconnected;
  return closed;
}

function send(child: ChildProcess, message: ToHostMessage): void {
  // A host that is just ending answers nothing; its exit settles everything that waits.
  child.send(message, () => {});
}
