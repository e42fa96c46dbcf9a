import { z } from "zod";
import { type BlobPath, parseBlobPath } from "../blob/blob-path.ts";
import { parseRoute, type Route } from "../http/route.ts";
import { parseSchedule, type Schedule } from "../timer/schedule.ts";
import type { FunctionMetadata, RpcBindingInfo, RpcRetryOptions } from "../worker/protocol.ts";
import { type AppSettings, resolveConnection, resolveSettings } from "./app-settings.ts";
import type { HostJson } from "./host-json.ts";

interface TriggerBase {
  /** The binding's name: the key under which the worker expects the trigger's value. */
  readonly bindingName: string;
}

/** Runs for each message of a queue. */
export interface QueueTrigger extends TriggerBase {
  readonly type: "queue";
  readonly queueName: string;
  readonly connectionString: string;
}

/** Runs for each new version of a blob whose path fits. */
export interface BlobTrigger extends TriggerBase {
  readonly type: "blob";
  readonly path: BlobPath;
  readonly connectionString: string;
}

/** Runs on a schedule. */
export interface TimerTrigger extends TriggerBase {
  readonly type: "timer";
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
  readonly retry: RpcRetryOptions | undefined;
}

/** Runs for each request to a route. */
export interface HttpTrigger extends TriggerBase {
  readonly type: "http";
  readonly route: Route;
  readonly methods: readonly string[];
}

/** What sets a function going, with its settings resolved. */
export type Trigger = QueueTrigger | BlobTrigger | TimerTrigger | HttpTrigger;

/** A function of the app that can run. */
export interface IndexedFunction<T extends Trigger = Trigger> {
  readonly name: string;
  readonly trigger: T;
}

/** A function the host leaves out, with the reason; the others run, as in the real host. */
export interface FunctionInError {
  readonly name: string;
  readonly error: string;
}

/** The app's functions, sorted into those that can run and those that cannot. */
export interface FunctionIndex {
  readonly functions: readonly IndexedFunction[];
  readonly inError: readonly FunctionInError[];
  readonly disabled: readonly string[];
}

/** What the functions are checked against. */
export interface IndexDeps {
  readonly hostJson: HostJson;
  readonly settings: AppSettings;
}

/** Checks every registered function's bindings. */
export function indexFunctions(registered: readonly FunctionMetadata[], deps: IndexDeps): FunctionIndex {
  const functions: IndexedFunction[] = [];
  const inError: FunctionInError[] = [];
  const disabled: string[] = [];
  for (const metadata of registered) {
    const { name } = metadata;
    if (isDisabled(name, deps.settings)) disabled.push(name);
    else {
      try {
        functions.push({ name, trigger: toTrigger(metadata, deps) });
      } catch (error) {
        inError.push({ name, error: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return { functions, inError, disabled };
}

function isDisabled(name: string, settings: AppSettings): boolean {
  const value = settings[`AzureWebJobs.${name}.Disabled`] ?? settings[`AzureWebJobs_${name}_Disabled`];
  return value === "1" || value?.toLowerCase() === "true";
}

const namePattern = /^[A-Za-z][\w-]{0,127}$/;

function toTrigger(metadata: FunctionMetadata, deps: IndexDeps): Trigger {
  if (!namePattern.test(metadata.name)) throw new Error(`'${metadata.name}' is not a valid function name.`);
  const bindings = Object.entries(metadata.bindings);
  refuseUnknownBindings(bindings, deps.hostJson);
  const trigger = bindings.find(([, binding]) => /trigger$/i.test(binding.type));
  if (trigger === undefined) throw new Error("No trigger binding specified.");
  const [bindingName, binding] = trigger;
  switch (binding.type.toLowerCase()) {
    case "queuetrigger":
      return toQueueTrigger(bindingName, binding, deps);
    case "blobtrigger":
      return toBlobTrigger(bindingName, binding, deps);
    case "timertrigger":
      return toTimerTrigger(bindingName, binding, metadata, deps);
    default:
      return toHttpTrigger(bindingName, binding, metadata, deps);
  }
}

const builtIn = new Set(["timertrigger", "httptrigger", "http"]);
const storage = new Set(["queuetrigger", "blobtrigger"]);

function refuseUnknownBindings(bindings: readonly (readonly [string, RpcBindingInfo])[], hostJson: HostJson): void {
  const types = bindings.map(([, binding]) => binding.type);
  const unknown = types.filter((type) => {
    const known = builtIn.has(type.toLowerCase()) || (hostJson.hasStorageExtension && storage.has(type.toLowerCase()));
    return !known;
  });
  if (unknown.length === 0) return;
  throw new Error(
    `The binding type(s) '${unknown.join(", ")}' are not registered. ` +
      "Please ensure the type is correct and the binding extension is installed. " +
      "(This host has queue and blob triggers where host.json names the extension bundle, timers and HTTP, and no other bindings.)",
  );
}

const queueBinding = z.looseObject({ queueName: z.string(), connection: z.string().default("Storage") });
const queueNamePattern = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

function toQueueTrigger(bindingName: string, binding: RpcBindingInfo, { settings }: IndexDeps): QueueTrigger {
  const { queueName, connection } = queueBinding.parse(binding);
  const resolved = resolveSettings(queueName, settings);
  if (!queueNamePattern.test(resolved)) throw new Error(`'${resolved}' is not a valid queue name.`);
  return { type: "queue", bindingName, queueName: resolved, connectionString: resolveConnection(connection, settings) };
}

const blobBinding = z.looseObject({
  path: z.string(),
  connection: z.string().default("Storage"),
  source: z.enum(["EventGrid", "LogsAndContainerScan"]).optional(),
});

function toBlobTrigger(bindingName: string, binding: RpcBindingInfo, { settings }: IndexDeps): BlobTrigger {
  const { path, connection } = blobBinding.parse(binding);
  return {
    type: "blob",
    bindingName,
    path: parseBlobPath(resolveSettings(path, settings)),
    connectionString: resolveConnection(connection, settings),
  };
}

const timerBinding = z.looseObject({
  schedule: z.string(),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().optional(),
});

function toTimerTrigger(
  bindingName: string,
  binding: RpcBindingInfo,
  { retryOptions }: FunctionMetadata,
  { settings }: IndexDeps,
): TimerTrigger {
  const { schedule: text, runOnStartup, useMonitor } = timerBinding.parse(binding);
  const schedule = parseSchedule(resolveSettings(text, settings));
  return {
    type: "timer",
    bindingName,
    schedule,
    runOnStartup,
    useMonitor: useMonitor ?? schedule.isAtLeastAMinuteApart,
    retry: retryOptions ?? undefined,
  };
}

const httpBinding = z.looseObject({ route: z.string().optional(), methods: z.array(z.string()) });

function toHttpTrigger(
  bindingName: string,
  binding: RpcBindingInfo,
  { name }: FunctionMetadata,
  { hostJson, settings }: IndexDeps,
): HttpTrigger {
  const { route, methods } = httpBinding.parse(binding);
  return {
    type: "http",
    bindingName,
    route: parseRoute(resolveSettings(route ?? name, settings), hostJson.http.routePrefix),
    methods: methods.map((method) => method.toUpperCase()),
  };
}
