import type { FunctionMetadata, ProcessMemory, RpcInvocationRequest } from "./protocol.ts";
import { type InvocationOutcome, openWorker, type WorkerChannel, type WorkerOptions } from "./worker-channel.ts";

/** The app's worker process, started again whenever it ends by itself. */
export interface Worker {
  readonly functions: readonly FunctionMetadata[];
  /** Where the library takes streamed HTTP requests; none when the app has not enabled streaming. */
  httpUri(): string | undefined;
  invoke(request: RpcInvocationRequest): Promise<InvocationOutcome>;
  /** Ends the process at once: every running invocation fails, and a new process takes over. */
  restart(): void;
  /** The highest peak of all worker processes so far and the present size of the living one, in bytes. */
  memory(): Promise<ProcessMemory>;
  stop(): Promise<void>;
}

/** Called when the app could not be loaded again after its worker process had ended. */
export type WorkerLost = (error: unknown) => void;

const terminateDeadlineInMs = 5_000;

/** Starts the worker process and loads the app. Throws when the entry point throws. */
export async function startWorker(options: WorkerOptions, onLost: WorkerLost): Promise<Worker> {
  const first = await openWorker(options);
  let current: Promise<WorkerChannel> = Promise.resolve(first);
  let living = first;
  let isStopping = false;
  let peakInBytes = 0;

  const watch = (channel: WorkerChannel): void => {
    living = channel;
    void channel.exited.then((reason) => {
      if (isStopping) return;
      options.log({ level: "error", source: "host", message: `${reason} Starting another one.` });
      current = openWorker(options);
      current.then(watch, onLost);
    });
  };
  watch(first);

  const memory = async (): Promise<ProcessMemory> => {
    const now = await living.memory();
    peakInBytes = Math.max(peakInBytes, now?.peakInBytes ?? 0);
    return { peakInBytes, presentInBytes: now?.presentInBytes ?? 0 };
  };

  return {
    functions: first.functions,
    httpUri: () => living.capabilities.HttpUri,
    invoke: async (request) => (await current).invoke(request),
    restart: () => living.kill(),
    memory,
    stop: async () => {
      await memory();
      isStopping = true;
      const channel = await current;
      channel.terminate();
      const killer = setTimeout(() => channel.kill(), terminateDeadlineInMs);
      await channel.exited;
      clearTimeout(killer);
    },
  };
}
