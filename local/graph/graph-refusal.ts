import type { JsonObject } from "../stand-ins/json.ts";
import type { Reply } from "../stand-ins/stand-in-request.ts";

/** Graph says no: status, code and message as the client gets to see them. */
export class GraphRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterInSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterInSeconds?: number) {
    super(message);
    this.name = "GraphRefusal";
    this.status = status;
    this.code = code;
    this.retryAfterInSeconds = retryAfterInSeconds;
  }
}

/** A request that real Graph may well answer but this stand-in does not model: loud, so that no test rests on a guess. */
export function notModelled(what: string): GraphRefusal {
  return new GraphRefusal(501, "StandInDoesNotModel", `The stand-in for Graph does not model ${what}.`);
}

/** A 400 with Graph's code for what is wrong with the request as such. */
export function badRequest(message: string): GraphRefusal {
  return new GraphRefusal(400, "BadRequest", message);
}

const CODES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ["BadRequest", "Bad request."],
  401: ["InvalidAuthenticationToken", "Access token has expired or is not yet valid."],
  403: ["ErrorAccessDenied", "Access is denied. Check credentials and try again."],
  404: ["ErrorItemNotFound", "The specified object was not found in the store."],
  409: ["ErrorFolderExists", "A folder with the specified name already exists."],
  413: ["RequestEntityTooLarge", "Maximum request length exceeded."],
  429: ["ApplicationThrottled", "Application is over its MailboxConcurrency limit."],
  500: ["ErrorInternalServerError", "An internal server error occurred. The operation failed."],
  502: ["BadGateway", "Bad gateway."],
  503: ["ErrorServerBusy", "The server cannot service this request right now. Try again later."],
  504: ["GatewayTimeout", "The gateway did not get an answer in time."],
};

/** A refusal with the code that Graph gives with that status, where the caller names none. */
export function toGraphRefusal(status: number, code: string | undefined, message: string | undefined): GraphRefusal {
  const [usualCode, usualMessage] = CODES[status] ?? ["UnknownError", "Something went wrong."];
  return new GraphRefusal(status, code ?? usualCode, message ?? usualMessage);
}

/** What identifies a request in Graph's answers. */
export interface RequestIds {
  readonly requestId: string;
  readonly clientRequestId: string;
  readonly at: number;
}

/** Puts a refusal into Graph's error body. */
export function toErrorReply(refusal: GraphRefusal, ids: RequestIds): Reply {
  const { status, code, message, retryAfterInSeconds } = refusal;
  const innerError: JsonObject = {
    date: new Date(ids.at).toISOString().slice(0, 19),
    "request-id": ids.requestId,
    "client-request-id": ids.clientRequestId,
  };
  return {
    status,
    headers: retryAfterInSeconds === undefined ? {} : { "retry-after": String(retryAfterInSeconds) },
    body: { error: { code, message, innerError } },
  };
}
