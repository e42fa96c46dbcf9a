import type { GraphReply } from "../graph/graph.ts";
import { toGraphFault } from "../graph/graph-fault.ts";

/** What each problem means, and what somebody has to do about it. */
const sentences = {
  throttled: "Graph asks to be left alone for a while. Nothing needs to be done.",
  unavailable:
    "Graph is out of order. Nothing needs to be done unless it goes on; see the service health of Microsoft 365.",
  "not-permitted":
    "Graph does not let the app read the directory. Give the app's identity the application permission User.Read.All with an admin's consent, and see that its credential has not expired.",
  "groups-not-permitted":
    "Graph does not let the app read the members of groups. Give the app's identity the application permission GroupMember.Read.All with an admin's consent: npm run register -- --hold-groups.",
  "no-such-group":
    "There is no group of the object id that the connector names for whose chats are imported. Name another, or a list, or everybody.",
  endless: "Graph gave pages without end. If it goes on, give the request's id to Microsoft's support.",
  "unexpected-answer":
    "Graph answered in an unexpected way. If it goes on, give the request's id to Microsoft's support.",
} as const;

/** Why the directory cannot be asked now. */
export type DirectoryProblem = keyof typeof sentences;

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
    const answer = [
      `status ${status}`,
      ...(/^[\w.-]{1,80}$/.test(code) ? [code] : []),
      `request ${reply.requestId}`,
    ].join(", ");
    super(`The directory cannot be asked: ${sentences[reason]} (${answer})`);
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
