import { randomBytes, randomUUID } from "node:crypto";
import type { HostLog } from "./log.ts";
import type { RpcRetryContext, RpcTypedData } from "./worker/protocol.ts";
import type { InvocationOutcome } from "./worker/worker-channel.ts";
import type { Worker } from "./worker/worker-supervisor.ts";

/** One call of a function. `reason` is for the log. */
export interface Invocation {
  readonly functionName: string;
  readonly reason: string;
  readonly bindingName: string;
  readonly data: RpcTypedData;
  readonly triggerMetadata: Readonly<Record<string, RpcTypedData>>;
  readonly retryContext?: RpcRetryContext;
  /** @default a new one */
  readonly invocationId?: string;
}

/** Calls functions, with the app's time limit. */
export type Invoke = (invocation: Invocation) => Promise<InvocationOutcome>;

/** What calling a function needs. */
export interface InvokerDeps {
  readonly worker: Pick<Worker, "invoke" | "restart">;
  readonly log: HostLog;
  /** undefined = no limit */
  readonly functionTimeoutInMs: number | undefined;
  readonly now: () => Date;
}

/**
 * Makes the one way by which triggers call functions. A function that runs over its time limit takes the whole worker
 * process down, and with it everything else that runs there: that is how the real host ends it.
 */
export function createInvoker({ worker, log, functionTimeoutInMs, now }: InvokerDeps): Invoke {
  return async (invocation) => {
    const { functionName } = invocation;
    const invocationId = invocation.invocationId ?? randomUUID();
    const say = (level: "debug" | "error", message: string): void =>
      log({ level, source: "host", message, functionName, invocationId });

    const start = now().getTime();
    say("debug", `Executing 'Functions.${functionName}' (Reason='${invocation.reason}', Id=${invocationId})`);
    const watchdog = startWatchdog(functionTimeoutInMs, () => {
      say("error", `Timeout value of ${functionTimeoutInMs} ms exceeded by function 'Functions.${functionName}'.`);
      worker.restart();
    });
    const outcome = await worker.invoke(toRequest(invocation, invocationId, now()));
    clearTimeout(watchdog);

    const duration = `Id=${invocationId}, Duration=${now().getTime() - start}ms`;
    if (outcome.outcome === "succeeded") say("debug", `Executed 'Functions.${functionName}' (Succeeded, ${duration})`);
    else say("error", `Executed 'Functions.${functionName}' (Failed, ${duration}) ${outcome.error}`);
    return outcome;
  };
}

function startWatchdog(timeoutInMs: number | undefined, onTimeout: () => void): NodeJS.Timeout | undefined {
  // Beyond 24.8 days a Node timer fires at once.
  return timeoutInMs === undefined ? undefined : setTimeout(onTimeout, Math.min(timeoutInMs, 2 ** 31 - 1));
}

function toRequest(invocation: Invocation, invocationId: string, utcNow: Date): Parameters<Worker["invoke"]>[0] {
  const { functionName, bindingName, data, triggerMetadata, retryContext } = invocation;
  const sys = { MethodName: functionName, UtcNow: utcNow.toISOString(), RandGuid: randomUUID() };
  return {
    invocationId,
    functionId: functionName,
    inputData: [{ name: bindingName, data }],
    triggerMetadata: { ...triggerMetadata, sys: { json: JSON.stringify(sys) } },
    traceContext: { traceParent: newTraceParent(), traceState: "" },
    ...(retryContext === undefined ? {} : { retryContext }),
  };
}

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags (not sampled). */
function newTraceParent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`;
}
