/** One request to Microsoft Graph. Everything that is not plain ASCII or has a meaning in URLs is encoded by the adapter. */
export interface GraphRequest {
  readonly method: "GET" | "POST";
  /** Below the version, made with `graphPath`; or an `@odata.nextLink` as Graph gave it. */
  readonly path: string;
  /** Values as they are meant, not encoded; strings inside filters quoted with `odataString`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** For all of it: token, sending, reading the answer. */
  readonly timeoutInMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Asked when the token is there and the request is about to leave: what was true before that wait may be so no more. */
  readonly maySend?: (() => boolean) | undefined;
  /** What a 2xx answer must hold. @default "json" */
  readonly expect?: "json" | "text";
}

/** A whole answer, whatever its status. */
export interface GraphReply {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the body; undefined when there is none. */
  readonly body: unknown;
  /** The body when it is not JSON, such as a gateway's HTML page. May hold content: never log it. */
  readonly text?: string;
  /** Graph's own id of the request, else the id we gave it: what Microsoft's support asks for. */
  readonly requestId: string;
  /** When it had been read, ms since 1970. */
  readonly receivedAt: number;
}

/** Microsoft Graph, one request at a time. */
export interface Graph {
  /**
   * Sends one request and reads the whole answer. Never sends it again, but for a 401, which proves that nothing was done.
   *
   * @throws NoCompleteAnswer when it may or may not have been done.
   * @throws RequestNotSent when it certainly was not.
   */
  request(request: GraphRequest): Promise<GraphReply>;
}

/** Why there is no complete answer. */
export type NoAnswerReason = "timed-out" | "aborted" | "connection-lost" | "not-json";

/** The request was sent, perhaps, and perhaps done: Graph can store an item and lose the reply. Tells nothing of the content. */
export class NoCompleteAnswer extends Error {
  override readonly name = "NoCompleteAnswer";
  readonly messageIsOurs = true;
  readonly reason: NoAnswerReason;
  /** The id we gave the request. */
  readonly requestId: string;
  /** The system's code, such as ECONNRESET. */
  readonly code: string | undefined;
  /** The status, when the head of an answer had come. */
  readonly status: number | undefined;

  constructor(reason: NoAnswerReason, requestId: string, known: { code?: string | undefined; status?: number } = {}) {
    super(`Graph gave no complete answer: ${reason}${known.code === undefined ? "" : ` (${known.code})`}`);
    this.reason = reason;
    this.requestId = requestId;
    this.code = known.code;
    this.status = known.status;
  }
}

/** What each reason means, and what somebody has to do about it. */
const notSent = {
  "no-token":
    "Entra ID gives the app no token. Look at AZURE_CLIENT_ID, at the managed identity or the client secret, and at ENTRA_AUTHORITY_HOST.",
  "not-connected":
    "Graph cannot be reached. If it goes on, look at GRAPH_ENDPOINT, the name's resolution and the network in between.",
  aborted: "The work was told to stop. It is tried again by itself.",
  "no-longer-wanted": "It took too long until it could be sent. It is tried again by itself.",
} as const;

/** Why a request was not sent. */
export type NotSentReason = keyof typeof notSent;

/** The request never left: nothing was done, sending it later is safe. */
export class RequestNotSent extends Error {
  override readonly name = "RequestNotSent";
  readonly messageIsOurs = true;
  readonly reason: NotSentReason;
  /** The system's or the credential's code, such as ENOTFOUND. */
  readonly code: string | undefined;

  constructor(reason: NotSentReason, code?: string) {
    super(`Nothing was sent to Graph: ${notSent[reason]}${code === undefined ? "" : ` (${code})`}`);
    this.reason = reason;
    this.code = code;
  }
}
