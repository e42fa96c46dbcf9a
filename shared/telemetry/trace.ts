import { createHash } from "node:crypto";
import type { LogFields } from "./log.ts";

/** Where a line or a message stands in a trace, by W3C trace context: both in lower-case hexadecimal. */
export interface TraceContext {
  /** 32 digits: what belongs together. */
  readonly trace: string;
  /** 16 digits: the invocation. */
  readonly span: string;
}

const traceparent = /^[\da-f]{2}-(?<trace>[\da-f]{32})-(?<span>[\da-f]{16})-[\da-f]{2}(?:-.*)?$/;
const none = /^0+$/;

/** By which a drop's generation is followed through lines and messages. */
export function toRunId(drop: string, gen: number): string {
  return `${drop}/${gen}`;
}

/**
 * A run's trace. It is made from the run's id instead of being drawn, so that a message that the sweep sends again after
 * days, a ticket and a second delivery are in the same trace as what they go on with, and nobody has to remember it.
 */
export function toTrace(runId: string): string {
  return createHash("sha256").update(runId).digest("hex").slice(0, 32);
}

/** The header's form, version 00, sampled. Source: https://www.w3.org/TR/trace-context/#traceparent-header */
export function toTraceparent({ trace, span }: TraceContext): string {
  return `00-${trace}-${span}-01`;
}

/** Reads a traceparent; undefined when it is none, or one of the forbidden ones of zeros. */
export function parseTraceparent(text: string | null | undefined): TraceContext | undefined {
  const { trace, span } = traceparent.exec(text ?? "")?.groups ?? {};
  if (trace === undefined || span === undefined || none.test(trace) || none.test(span)) return undefined;
  return { trace, span };
}

/** A line of an invocation that looks after many drops is given the run and the trace of the drop that it is about. */
export function withRun(fields: LogFields): LogFields {
  const { drop, gen } = fields;
  if (typeof drop !== "string" || typeof gen !== "number") return fields;
  const runId = toRunId(drop, gen);
  return { ...fields, runId, trace: toTrace(runId) };
}
