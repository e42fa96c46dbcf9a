import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { HostLog } from "../log.ts";
import {
  type FromWorkerMessage,
  type FunctionMetadata,
  fromWorkerMessage,
  type ProcessMemory,
  type RpcInvocationRequest,
  type RpcInvocationResponse,
  type ToWorkerMessage,
} from "./protocol.ts";

/** How a worker process is started. `nodeArguments` are Node's own, e.g. `--enable-source-maps`. */
export interface WorkerOptions {
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
  readonly nodeArguments: readonly string[];
  readonly log: HostLog;
}

/** What came of an invocation. `error` holds the stack where there is one. */
export type InvocationOutcome =
  | { readonly outcome: "succeeded"; readonly response: RpcInvocationResponse }
  | { readonly outcome: "failed"; readonly error: string };

/** One worker process with the app loaded. */
export interface WorkerChannel {
  readonly functions: readonly FunctionMetadata[];
  readonly capabilities: Readonly<Record<string, string>>;
  readonly exited: Promise<string>;
  invoke(request: RpcInvocationRequest): Promise<InvocationOutcome>;
  memory(): Promise<ProcessMemory | undefined>;
  /** Lets the app's terminate hooks run, then ends the process. */
  terminate(): void;
  kill(): void;
}

type Loaded = Extract<FromWorkerMessage, { kind: "loaded" }>;

/** Starts a worker process and loads the bundle. Throws with the app's stack when its entry point throws. */
export async function openWorker(options: WorkerOptions): Promise<WorkerChannel> {
  const child = forkWorker(options);
  const pending = new Map<string, (outcome: InvocationOutcome) => void>();
  const memoryReaders = new Set<(memory: ProcessMemory | undefined) => void>();
  const load = Promise.withResolvers<Loaded>();
  const exited = Promise.withResolvers<string>();
  // Not `child.connected`, which changes at another moment: what is asked in between would never be answered.
  let isGone = false;

  const handlers = createHandlers({ load, pending, memoryReaders, log: options.log });
  child.on("message", (raw) => handlers(fromWorkerMessage.parse(raw)));
  void untilGone(child).then((reason) => {
    isGone = true;
    load.reject(new Error(reason));
    for (const settle of pending.values()) settle({ outcome: "failed", error: reason });
    for (const settle of memoryReaders) settle(undefined);
    exited.resolve(reason);
  });

  send(child, { kind: "load", bundle: options.bundle });
  const loaded = await load.promise.catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });
  return {
    functions: loaded.functions,
    capabilities: loaded.capabilities,
    exited: exited.promise,
    invoke: (request) =>
      new Promise((resolve) => {
        if (isGone) return resolve({ outcome: "failed", error: "The worker process is gone." });
        pending.set(request.invocationId, resolve);
        send(child, { kind: "invoke", request });
      }),
    memory: () =>
      new Promise((resolve) => {
        if (isGone) return resolve(undefined);
        memoryReaders.add(resolve);
        send(child, { kind: "memory" });
      }),
    terminate: () => send(child, { kind: "terminate" }),
    kill: () => child.kill("SIGKILL"),
  };
}

/** After the last message: a result may still be in the channel when the process has ended. */
async function untilGone(child: ChildProcess): Promise<string> {
  const disconnected = once(child, "disconnect");
  const [code, signal]: (number | string | null)[] = await once(child, "exit");
  await disconnected;
  return `The worker process ended (${signal ?? `exit code ${code}`}).`;
}

interface ChannelState {
  readonly load: PromiseWithResolvers<Loaded>;
  readonly pending: Map<string, (outcome: InvocationOutcome) => void>;
  readonly memoryReaders: Set<(memory: ProcessMemory | undefined) => void>;
  readonly log: HostLog;
}

function createHandlers({ load, pending, memoryReaders, log }: ChannelState): (message: FromWorkerMessage) => void {
  const settle = (invocationId: string, outcome: InvocationOutcome): void => {
    pending.get(invocationId)?.(outcome);
    pending.delete(invocationId);
  };
  return (message) => {
    switch (message.kind) {
      case "loaded":
        return load.resolve(message);
      case "not-loaded":
        return load.reject(new Error(`Worker was unable to load entry point: ${message.error}`));
      case "succeeded":
        return settle(message.invocationId, { outcome: "succeeded", response: message.response });
      case "failed":
        return settle(message.invocationId, { outcome: "failed", error: message.error });
      case "log":
        return log(toEntry(message));
      case "memory":
        for (const reader of memoryReaders) reader(message.memory);
        return memoryReaders.clear();
    }
  };
}

function toEntry({ kind: _kind, ...entry }: Extract<FromWorkerMessage, { kind: "log" }>): Parameters<HostLog>[0] {
  return entry;
}

function forkWorker({ env, nodeArguments, log }: WorkerOptions): ChildProcess {
  const child = fork(join(import.meta.dirname, "worker-process.ts"), [], {
    // In its own process group: Ctrl-C in a terminal must not end functions that the host is waiting for.
    detached: true,
    serialization: "advanced",
    execArgv: [...nodeArguments],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (message) =>
      log({ level: "information", source: "console", message }),
    );
  }
  return child;
}

function send(child: ChildProcess, message: ToWorkerMessage): void {
  // A worker that is just ending answers nothing; its exit settles everything that waits.
  child.send(message, () => {});
}
