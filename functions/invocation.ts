import { randomBytes } from "node:crypto";
import type { InvocationContext } from "@azure/functions";
import { createLog, type Log, type WriteLine } from "../shared/telemetry/log.ts";
import { parseTraceparent, type TraceContext, withRun } from "../shared/telemetry/trace.ts";

/** What is known of an invocation before its message is read: its log, and where it stands in the host's trace. */
export interface Invocation {
  readonly log: Log;
  readonly trace: TraceContext;
}

/**
 * Takes an invocation over from the host. Its lines go through the context, so that the host adds its ids and Application
 * Insights its correlation; they bear the host's own span too, by which they are joined with `AppRequests.Id`.
 */
export function toInvocation(context: InvocationContext): Invocation {
  const trace = parseTraceparent(context.traceContext?.traceParent) ?? newTrace();
  const write: WriteLine = (level, event, fields) => context[level](JSON.stringify({ event, ...withRun(fields) }));
  const common = { function: context.functionName, invocation: context.invocationId, ...trace };
  return { trace, log: createLog(write, common) };
}

/** A host without tracing. */
function newTrace(): TraceContext {
  return { trace: randomBytes(16).toString("hex"), span: randomBytes(8).toString("hex") };
}
