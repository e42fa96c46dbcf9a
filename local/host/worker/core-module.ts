import Module from "node:module";
import type { FunctionMetadata, LogLevel, RpcInvocationRequest, RpcInvocationResponse } from "./protocol.ts";

/** A registered function's code: inputs first, context last. */
export type FunctionCallback = (...args: unknown[]) => unknown;

/** Code that runs around invocations or at the app's start and end. */
export type HookCallback = (context: object) => unknown;

type LogCategory = "user" | "system" | "customMetric";

/** What an invocation model is given. `state` lets it tell late log calls from those of hooks. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: RpcInvocationRequest;
  readonly metadata: FunctionMetadata;
  state: "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** The library's own conversion of one invocation: arguments, call, answer. */
export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
}

/** What `@azure/functions` hands over when the app first registers something. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(defaults: Record<string, string>): Promise<Record<string, string>>;
}

/** A function as it was registered, with its code. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** What the app has registered. `isLocked` turns true when its entry point has been loaded. */
export interface AppRegistry {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: Map<string, Set<HookCallback>>;
  programmingModel: ProgrammingModel | undefined;
  isLocked: boolean;
}

/** An empty registry. */
export function createAppRegistry(): AppRegistry {
  return { functions: new Map(), hooks: new Map(), programmingModel: undefined, isLocked: false };
}

class Disposable {
  readonly #dispose: () => unknown;
  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }
  dispose(): unknown {
    return this.#dispose();
  }
}

/** Takes a log line that belongs to no invocation. */
export type SystemLog = (level: LogLevel, category: LogCategory, message: string) => void;

const startupOnly = "A function can only be registered during app startup.";

/**
 * The stand-in for the module `@azure/functions-core`, which the real worker provides at run time under that name.
 * Its members are those of the worker's public type file.
 */
export function createCoreModule(registry: AppRegistry, log: SystemLog): object {
  return {
    version: "3.11.0",
    hostVersion: "4.1037.0",
    log,
    Disposable,
    setProgrammingModel: (model: ProgrammingModel): void => {
      registry.programmingModel = model;
    },
    getProgrammingModel: (): ProgrammingModel | undefined => registry.programmingModel,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback): Disposable => {
      if (registry.isLocked) throw new Error(startupOnly);
      if (registry.functions.has(metadata.name)) {
        throw new Error(`A function with id "${metadata.name}" has already been registered.`);
      }
      registry.functions.set(metadata.name, { metadata, callback });
      return new Disposable(() => registry.functions.delete(metadata.name));
    },
    registerHook: (name: string, callback: HookCallback): Disposable => {
      const hooks = registry.hooks.get(name) ?? new Set();
      registry.hooks.set(name, hooks.add(callback));
      return new Disposable(() => hooks.delete(callback));
    },
  };
}

/** Makes `require("@azure/functions-core")` answer with the given module everywhere in this process, as the worker does. */
export function installCoreModule(core: object): void {
  const require: (id: string) => unknown = Module.prototype.require;
  Module.prototype.require = new Proxy(require, {
    apply: (target, self, args) => (args[0] === "@azure/functions-core" ? core : Reflect.apply(target, self, args)),
  });
}
