import { z } from "zod";

/**
 * The worker protocol as far as this host speaks it: the names and shapes are those of the public
 * `azure-functions-language-worker-protobuf` repository (FunctionRpc.proto), which `@azure/functions` converts from and to.
 */
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

const rpcHttpCookie = z.looseObject({
  name: z.string().nullish(),
  value: z.string().nullish(),
  sameSite: z.string().nullish(),
});

const rpcBody = z.object({
  string: z.string().nullish(),
  json: z.string().nullish(),
  bytes: bytes.nullish(),
});

const rpcHttpData = z.looseObject({
  method: z.string().nullish(),
  url: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  params: z.record(z.string(), z.string()).nullish(),
  query: z.record(z.string(), z.string()).nullish(),
  body: rpcBody.nullish(),
  statusCode: z.string().nullish(),
  cookies: z.array(rpcHttpCookie).nullish(),
});

const rpcTypedData = rpcBody.extend({
  http: rpcHttpData.nullish(),
  int: z.number().nullish(),
  double: z.number().nullish(),
});

const rpcParameterBinding = z.object({ name: z.string(), data: rpcTypedData.nullish() });

const rpcRetryContext = z.object({
  retryCount: z.number(),
  maxRetryCount: z.number(),
  exception: z.object({ message: z.string() }).optional(),
});

const rpcInvocationRequest = z.object({
  invocationId: z.string(),
  functionId: z.string(),
  inputData: z.array(rpcParameterBinding),
  triggerMetadata: z.record(z.string(), rpcTypedData),
  retryContext: rpcRetryContext.optional(),
  traceContext: z.object({ traceParent: z.string(), traceState: z.string() }),
});

const rpcInvocationResponse = z.object({
  invocationId: z.string().nullish(),
  outputData: z.array(rpcParameterBinding).nullish(),
  returnValue: rpcTypedData.nullish(),
});

const rpcBindingInfo = z.looseObject({ type: z.string(), direction: z.string() });

const rpcDuration = z.object({ seconds: z.number() });

const rpcRetryOptions = z.looseObject({
  maxRetryCount: z.number(),
  retryStrategy: z.enum(["fixedDelay", "exponentialBackoff"]),
  delayInterval: rpcDuration.nullish(),
  minimumInterval: rpcDuration.nullish(),
  maximumInterval: rpcDuration.nullish(),
});

const functionMetadata = z.object({
  name: z.string(),
  bindings: z.record(z.string(), rpcBindingInfo),
  retryOptions: rpcRetryOptions.nullish(),
});

/** A value as it travels between host and worker. */
export type RpcTypedData = z.infer<typeof rpcTypedData>;
/** An HTTP request or response as it travels between host and worker. */
export type RpcHttpData = z.infer<typeof rpcHttpData>;
/** What a function is called with. */
export type RpcInvocationRequest = z.infer<typeof rpcInvocationRequest>;
/** What a function answered. */
export type RpcInvocationResponse = z.infer<typeof rpcInvocationResponse>;
/** How often this invocation was tried before. */
export type RpcRetryContext = z.infer<typeof rpcRetryContext>;
/** A `retry` option of a function. Durations are in seconds. */
export type RpcRetryOptions = z.infer<typeof rpcRetryOptions>;
/** One binding of a function as it was registered, with its own settings. */
export type RpcBindingInfo = z.infer<typeof rpcBindingInfo>;
/** A function as the app registered it. */
export type FunctionMetadata = z.infer<typeof functionMetadata>;

const logLevel = z.enum(["trace", "debug", "information", "warning", "error", "critical", "none"]);
/** Levels of the worker protocol, lowest first. */
export type LogLevel = z.infer<typeof logLevel>;

/** Peak and present resident memory of one process, in bytes. */
export const processMemory = z.object({ peakInBytes: z.number(), presentInBytes: z.number() });
/** Peak and present resident memory of one process, in bytes. */
export type ProcessMemory = z.infer<typeof processMemory>;

/** What the host says to the worker process. */
export const toWorkerMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("load"), bundle: z.string() }),
  z.object({ kind: z.literal("invoke"), request: rpcInvocationRequest }),
  z.object({ kind: z.literal("memory") }),
  z.object({ kind: z.literal("terminate") }),
]);
/** What the host says to the worker process. */
export type ToWorkerMessage = z.infer<typeof toWorkerMessage>;

/** What the worker process says to the host. */
export const fromWorkerMessage = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("loaded"),
    functions: z.array(functionMetadata),
    capabilities: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal("not-loaded"), error: z.string() }),
  z.object({ kind: z.literal("succeeded"), invocationId: z.string(), response: rpcInvocationResponse }),
  z.object({ kind: z.literal("failed"), invocationId: z.string(), error: z.string() }),
  z.object({
    kind: z.literal("log"),
    level: logLevel,
    source: z.enum(["user", "system", "console"]),
    message: z.string(),
    functionName: z.string().optional(),
    invocationId: z.string().optional(),
  }),
  z.object({ kind: z.literal("memory"), memory: processMemory }),
]);
/** What the worker process says to the host. */
export type FromWorkerMessage = z.infer<typeof fromWorkerMessage>;
