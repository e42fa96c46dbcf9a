import { pathToFileURL } from "node:url";
import type { AppRegistry, CoreInvocationContext, InvocationModel, RegisteredFunction } from "./core-module.ts";
import type { LogLevel, RpcInvocationRequest, RpcInvocationResponse } from "./protocol.ts";

/** Takes a line that a function wrote through its context. */
export type InvocationLog = (
  request: Pick<RpcInvocationRequest, "invocationId" | "functionId">,
  level: LogLevel,
  source: "user" | "system",
  message: string,
) => void;

/**
 * Loads the app's entry point and returns the capabilities its library asks for.
 * Throws what the entry point throws: a host that swallows it shows an app without functions.
 */
export async function loadApp(registry: AppRegistry, bundle: string): Promise<Record<string, string>> {
  await import(pathToFileURL(bundle).href);
  await runHooks(registry, "appStart", { hookData: {}, appHookData: {}, functionAppDirectory: process.cwd() });
  registry.isLocked = true;
  return (await registry.programmingModel?.getCapabilities?.({})) ?? {};
}

/** Tells the app that it is about to end. */
export async function terminateApp(registry: AppRegistry): Promise<void> {
  await runHooks(registry, "appTerminate", { hookData: {}, appHookData: {} });
}

/**
 * Runs one invocation through the library's own conversions and hooks, in the worker's order.
 * Throws what the function throws.
 */
export async function invokeApp(
  registry: AppRegistry,
  request: RpcInvocationRequest,
  log: InvocationLog,
): Promise<RpcInvocationResponse> {
  const registered = registry.functions.get(request.functionId);
  const model = registry.programmingModel;
  if (registered === undefined || model === undefined) {
    throw new Error(`Function code for '${request.functionId}' is not loaded and cannot be invoked.`);
  }
  const context = toCoreContext(registered, request, log);
  return runInvocation(registry, context, await model.getInvocationModel(context), registered);
}

async function runInvocation(
  registry: AppRegistry,
  core: CoreInvocationContext,
  model: InvocationModel,
  { callback }: RegisteredFunction,
): Promise<RpcInvocationResponse> {
  const { context, inputs } = await model.getArguments();
  const shared = { hookData: {}, appHookData: {}, invocationContext: context };

  core.state = "preInvocationHooks";
  const before = { ...shared, inputs, functionCallback: callback };
  await runHooks(registry, "preInvocation", before);

  core.state = "invocation";
  const call = model.invokeFunction(context, before.inputs, before.functionCallback);
  const settled = await call.then(
    (result: unknown) => ({ result, error: null }),
    (error: unknown) => ({ result: null, error: error ?? new Error("Unknown error") }),
  );

  core.state = "postInvocationHooks";
  const after = { ...shared, inputs: before.inputs, ...settled };
  await runHooks(registry, "postInvocation", after);
  core.state = undefined;

  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

function toCoreContext(
  { metadata }: RegisteredFunction,
  request: RpcInvocationRequest,
  log: InvocationLog,
): CoreInvocationContext {
  return {
    invocationId: request.invocationId,
    request,
    metadata,
    state: undefined,
    log: (level, category, message) => log(request, level, category === "user" ? "user" : "system", message),
  };
}

async function runHooks(registry: AppRegistry, name: string, context: object): Promise<void> {
  for (const hook of registry.hooks.get(name) ?? []) await hook(context);
}
