import { startBlobTriggers } from "./blob/blob-trigger.ts";
import type { AppSettings } from "./config/app-settings.ts";
import { type FunctionIndex, type IndexedFunction, indexFunctions, type Trigger } from "./config/function-index.ts";
import type { HostJson } from "./config/host-json.ts";
import { type HostStorage, openHostStorage } from "./host-storage.ts";
import { type HttpListener, startHttpServer } from "./http/http-server.ts";
import { createInvoker, type Invoke } from "./invoker.ts";
import type { HostLog } from "./log.ts";
import type { Listener } from "./queue/queue-listener.ts";
import { startQueueTrigger } from "./queue/queue-trigger.ts";
import { runTimerNow, startTimerTrigger } from "./timer/timer-trigger.ts";
import type { HostTuning } from "./tuning.ts";
import type { Worker } from "./worker/worker-supervisor.ts";

/** What a host is made of. */
export interface HostDeps {
  readonly worker: Worker;
  readonly hostJson: HostJson;
  readonly settings: AppSettings;
  readonly tuning: HostTuning;
  readonly httpPort: number;
  /** When it is in use another one is taken. */
  readonly isPortWish: boolean;
  readonly log: HostLog;
  readonly now: () => Date;
}

/** A host whose triggers run. */
export interface Host {
  readonly index: FunctionIndex;
  readonly httpPort: number;
  /** Runs a timer function once, now; resolves with whether it succeeded. Throws when there is none of that name. */
  runTimer(functionName: string): Promise<boolean>;
  /** Takes no new work, waits for what runs (at most the drain time of the tuning), ends the worker. */
  stop(): Promise<void>;
}

interface Running extends HostDeps {
  readonly index: FunctionIndex;
  readonly storage: HostStorage;
  readonly invoke: Invoke;
}

/** Starts all triggers of the app. Throws when the host's own storage or port cannot be had. */
export async function startTriggers(deps: HostDeps): Promise<Host> {
  const { worker, log, hostJson, now, tuning } = deps;
  const index = indexFunctions(worker.functions, deps);
  reportIndex(index, log);
  const storage = await openHostStorage(deps.settings);
  const invoke = createInvoker({ worker, log, now, functionTimeoutInMs: hostJson.functionTimeoutInMs });
  const running: Running = { ...deps, index, storage, invoke };

  const runTimer = createRunTimer(running);
  const http = await startHttp(running, runTimer);
  const listeners = startListeners(running);
  return {
    index,
    httpPort: http.port,
    runTimer,
    stop: async () => {
      await withDeadline(tuning.drainInMs, Promise.all([http, ...listeners].map((listener) => listener.stop())));
      await worker.stop();
    },
  };
}

function reportIndex({ functions, inError, disabled }: FunctionIndex, log: HostLog): void {
  const say = (level: "information" | "error", message: string): void => log({ level, source: "host", message });
  say("information", `Found the following functions: ${functions.map(({ name }) => name).join(", ") || "none"}`);
  if (disabled.length > 0) say("information", `Disabled by setting: ${disabled.join(", ")}`);
  for (const { name, error } of inError) say("error", `The '${name}' function is in error: ${error}`);
}

function startListeners(running: Running): Listener[] {
  const { index, hostJson, tuning, storage } = running;
  const queues = ofType(index, "queue").map((each) =>
    startQueueTrigger(each, { ...running, ...tuning, options: hostJson.queues }),
  );
  const timers = ofType(index, "timer").map((each) => startTimerTrigger(each, { ...running, ...tuning, storage }));
  const blobs = ofType(index, "blob");
  if (blobs.length === 0) return [...queues, ...timers];
  const { maxPollingInterval } = hostJson.queues;
  return [
    ...queues,
    ...timers,
    startBlobTriggers(blobs, { ...running, ...tuning, options: hostJson.blobs, maxPollingInterval }),
  ];
}

function startHttp(running: Running, runTimer: Host["runTimer"]): Promise<HttpListener> {
  const { index, invoke, worker, log, httpPort, isPortWish } = running;
  return startHttpServer({
    functions: ofType(index, "http"),
    port: httpPort,
    isPortWish,
    invoke,
    log,
    httpUri: () => worker.httpUri(),
    runTimer: (name) => {
      if (!ofType(index, "timer").some((timer) => timer.name === name)) return false;
      void runTimer(name);
      return true;
    },
  });
}

function createRunTimer(running: Running): Host["runTimer"] {
  return async (functionName) => {
    const timer = ofType(running.index, "timer").find(({ name }) => name === functionName);
    if (timer === undefined) throw new Error(`There is no timer function '${functionName}'.`);
    const { outcome } = await runTimerNow(timer, running);
    return outcome === "succeeded";
  };
}

function ofType<K extends Trigger["type"]>(
  index: FunctionIndex,
  type: K,
): IndexedFunction<Extract<Trigger, { type: K }>>[] {
  const isOfType = (each: IndexedFunction): each is IndexedFunction<Extract<Trigger, { type: K }>> =>
    each.trigger.type === type;
  return index.functions.filter(isOfType);
}

async function withDeadline(durationInMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, durationInMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
