import type { FieldFault, ProblemBody, ProblemName } from "../shared/api/problem.ts";

/** What can go wrong with a call: what the API says (RFC 9457), or why it said nothing. */
export type ApiErrorKind = ProblemName | "unreachable" | "unreadable";

/** An answer that is no success. `title` and `detail` are the app's own words, fit to be shown. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly kind: ApiErrorKind;
  readonly title: string;
  /** What is wrong with the fields that were sent, by their paths. */
  readonly faults: readonly FieldFault[];
  /** When it makes sense to ask again, where the server says so. */
  readonly retryAfterInMs: number | undefined;

  constructor(kind: ApiErrorKind, title: string, detail: string, more: ApiErrorOptions = {}) {
    super(detail);
    this.kind = kind;
    this.title = title;
    this.faults = more.faults ?? [];
    this.retryAfterInMs = more.retryAfterInMs;
  }

  /** What was wrong with one field, in words; undefined when it was right. */
  faultOf(path: string): string | undefined {
    const messages = this.faults.filter((fault) => fault.path === path).map(({ message }) => message);
    return messages.length === 0 ? undefined : messages.join("; ");
  }
}

interface ApiErrorOptions {
  readonly faults?: readonly FieldFault[];
  readonly retryAfterInMs?: number | undefined;
}

/** The request got no answer: no network, or the app is down or just starting. */
export function unreachable(): ApiError {
  return new ApiError("unreachable", "No answer", "The app could not be reached.");
}

/** The sign-in has ended: App Service Authentication answers with its own redirect or with 401. */
export function signedOut(): ApiError {
  return new ApiError("not-signed-in", "Your sign-in has ended", "Sign in again to go on.");
}

/** Reads problem+json; anything else that is no success comes from the platform in front of the app. */
export function toApiError(status: number, text: string, headers: Headers): ApiError {
  const retryAfterInMs = toRetryAfter(headers.get("retry-after"));
  const body = parseProblem(text);
  if (body === undefined) return toPlatformError(status, retryAfterInMs);
  const kind = body.type.replace(/^urn:icechat:problem:/, "");
  return new ApiError(isProblemName(kind) ? kind : "failed", body.title, body.detail, {
    faults: body.errors ?? [],
    retryAfterInMs,
  });
}

function toPlatformError(status: number, retryAfterInMs: number | undefined): ApiError {
  if (status === 401) return signedOut();
  if (status === 403) return new ApiError("not-allowed", "No access", "You have no role in this app.");
  const detail = `The app did not answer as expected (HTTP ${status}).`;
  return new ApiError("unreadable", "No usable answer", detail, { retryAfterInMs });
}

function toRetryAfter(header: string | null): number | undefined {
  const seconds = Number.parseInt(header ?? "", 10);
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}

// A record, so that a problem that the API gains does not compile before it stands here.
const names: Readonly<Record<ProblemName, true>> = {
  "not-acceptable": true,
  "not-found": true,
  "method-not-allowed": true,
  "not-signed-in": true,
  "not-allowed": true,
  "foreign-origin": true,
  invalid: true,
  conflict: true,
  refused: true,
  "changed-meanwhile": true,
  "version-missing": true,
  "too-large": true,
  "wrong-content-type": true,
  "too-many": true,
  unavailable: true,
  failed: true,
};

function isProblemName(name: string): name is ProblemName {
  return Object.hasOwn(names, name);
}

function parseProblem(text: string): ProblemBody | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isProblem(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "type" in body && "title" in body && "detail" in body;
}
