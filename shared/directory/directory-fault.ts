import type { GraphReply } from "../graph/graph.ts";
import { toGraphFault } from "../graph/graph-fault.ts";

/** Why the directory cannot be asked now. */
export type DirectoryProblem = "throttled" | "unavailable" | "not-permitted" | "unexpected-answer";

/** The directory gave no answer that says anything about the person. To be tried later. */
export class DirectoryFault extends Error {
  override readonly name = "DirectoryFault";
  readonly messageIsOurs = true;
  readonly reason: DirectoryProblem;
  readonly status: number;
  /** Graph's code; "" if it gave none. */
  readonly code: string;
  /** How long Graph wants to be left alone, if it says so. */
  readonly retryAfterInMs: number | undefined;

  constructor(reason: DirectoryProblem, reply: GraphReply) {
    const { status, code, retryAfterInMs } = toGraphFault(reply);
    super(`the directory cannot be asked: ${reason} (status ${status}, request ${reply.requestId})`);
    this.reason = reason;
    this.status = status;
    this.code = code;
    this.retryAfterInMs = retryAfterInMs;
  }
}

/** Classifies an answer that says nothing about the person. Taking it for "unknown" would leave their chats out. */
export function toDirectoryFault(reply: GraphReply): DirectoryFault {
  if (reply.status === 429) return new DirectoryFault("throttled", reply);
  if (reply.status >= 500) return new DirectoryFault("unavailable", reply);
  if (reply.status === 401 || reply.status === 403) return new DirectoryFault("not-permitted", reply);
  return new DirectoryFault("unexpected-answer", reply);
}
