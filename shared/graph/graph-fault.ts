import * as z from "zod";
import type { GraphReply } from "./graph.ts";

/** What a refusal says that a decision can be made from. */
export interface GraphFault {
  readonly status: number;
  /** Graph's code such as ErrorAccessDenied; "" when the body has none. */
  readonly code: string;
  /** How long Graph wants to be left alone, in ms; absent when it does not say or cannot be read: then back off by yourself. */
  readonly retryAfterInMs?: number;
}

const errorBody = z.object({ error: z.object({ code: z.string().max(200) }) });
/** Codes as Graph writes them. */
const plainCode = /^[\w.:-]{0,80}$/;

/** Reads status, code and Retry-After out of an answer. https://learn.microsoft.com/graph/errors */
export function toGraphFault(reply: GraphReply): GraphFault {
  const parsed = errorBody.safeParse(reply.body);
  const code = parsed.success ? toPlainCode(parsed.data.error.code) : "";
  const retryAfterInMs = toRetryAfterInMs(reply);
  return retryAfterInMs === undefined ? { status: reply.status, code } : { status: reply.status, code, retryAfterInMs };
}

/** A code goes into ledger, reports and logs: a sentence in its place could quote the item that was sent. */
function toPlainCode(code: string): string {
  return plainCode.test(code) ? code : "code-that-is-none";
}

/**
 * Retry-After as seconds, whole or (seen from Exchange) decimal, or as a date (RFC 9110, 10.2.3). A date is taken
 * against the answer's own Date, so that a wrong clock of ours does not turn it into no wait at all.
 */
function toRetryAfterInMs(reply: GraphReply): number | undefined {
  const value = reply.headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const until = toHttpDate(value);
  if (until === undefined) return undefined;
  const from = toHttpDate(reply.headers.get("date") ?? "") ?? reply.receivedAt;
  return Math.max(0, until - from);
}

function toHttpDate(value: string): number | undefined {
  const at = /^[A-Za-z]{3,9},? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
