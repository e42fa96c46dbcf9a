import { AsyncLocalStorage } from "node:async_hooks";
import { format, inspect } from "node:util";
import { invokeApp, loadApp, terminateApp } from "./app.ts";
import { createAppRegistry, createCoreModule, installCoreModule } from "./core-module.ts";
import { readProcessMemory } from "./process-memory.ts";
import {
  type FromWorkerMessage,
  type LogLevel,
  type RpcInvocationRequest,
  type ToWorkerMessage,
  toWorkerMessage,
} from "./protocol.ts";

type RunningInvocation = Pick<RpcInvocationRequest, "functionId" | "invocationId">;
type LogSource = "user" | "system" | "console";

const registry = createAppRegistry();
const running = new AsyncLocalStorage<RunningInvocation>();

function send(message: FromWorkerMessage): void {
  process.send?.(message);
}

function sendLog(level: LogLevel, source: LogSource, message: string, by = running.getStore()): void {
  send({ kind: "log", level, source, message, functionName: by?.functionId, invocationId: by?.invocationId });
}

function redirectConsole(): void {
  const write =
    (level: LogLevel) =>
    (...args: unknown[]): void =>
      sendLog(level, "console", format(...args));
  Object.assign(console, {
    log: write("information"),
    info: write("information"),
    debug: write("debug"),
    trace: write("trace"),
    warn: write("warning"),
    error: write("error"),
  });
}

const toText = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : inspect(error));

async function load(bundle: string): Promise<void> {
  try {
    const capabilities = await loadApp(registry, bundle);
    const functions = [...registry.functions.values()].map(({ metadata }) => toPlain(metadata));
    send({ kind: "loaded", functions, capabilities });
  } catch (error) {
    send({ kind: "not-loaded", error: toText(error) });
  }
}

/** Metadata travels as JSON in the real protocol too: what JSON cannot say is not part of a binding. */
function toPlain<T>(metadata: T): T {
  return JSON.parse(JSON.stringify(metadata));
}

async function invoke(request: RpcInvocationRequest): Promise<void> {
  const { invocationId } = request;
  try {
    const response = await running.run(request, () =>
      invokeApp(registry, request, (by, level, source, message) => sendLog(level, source, message, by)),
    );
    send({ kind: "succeeded", invocationId, response });
  } catch (error) {
    send({ kind: "failed", invocationId, error: toText(error) });
  }
}

async function terminate(): Promise<void> {
  await terminateApp(registry);
  // The last words must be through the channel before the process ends.
  process.send?.({ kind: "memory", memory: readProcessMemory() } satisfies FromWorkerMessage, () => process.exit(0));
}

// The channel closes when the host ends, also when it was killed: a worker without a host would go on with work that
// another host takes up again.
process.once("disconnect", () => process.exit(1));
redirectConsole();
installCoreModule(createCoreModule(registry, (level, _category, message) => sendLog(level, "system", message)));

// A surprise in here is an unhandled rejection: it ends the process, and the host starts another one.
process.on("message", (raw) => void obey(toWorkerMessage.parse(raw)));

async function obey(message: ToWorkerMessage): Promise<void> {
  switch (message.kind) {
    case "load":
      return load(message.bundle);
    case "invoke":
      return invoke(message.request);
    case "memory":
      return send({ kind: "memory", memory: readProcessMemory() });
    case "terminate":
      return terminate();
  }
}
