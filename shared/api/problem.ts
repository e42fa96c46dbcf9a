/** What can be wrong with one field of a request. Both are words of ours: never what was given. */
export interface FieldFault {
  /** Where it is, such as `site.port` or `lines.12`. */
  readonly path: string;
  readonly message: string;
}

/** RFC 9457's members, as they are sent. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldFault[];
}

/** Every problem that the API answers with: its status and its title. docs/api.md explains them by these names. */
export const problems = {
  "not-acceptable": [406, "The answer cannot be had in that form"],
  "not-found": [404, "There is no such thing"],
  "method-not-allowed": [405, "That cannot be done with it"],
  "not-signed-in": [401, "Sign in first"],
  "not-allowed": [403, "Your role does not allow it"],
  "foreign-origin": [403, "The call does not come from the app's own page"],
  invalid: [400, "Something in the request is not right"],
  conflict: [409, "It does not go with what is there"],
  refused: [409, "It is not done as things stand"],
  "changed-meanwhile": [412, "Somebody changed it meanwhile"],
  "version-missing": [428, "Say which version you have seen"],
  "too-large": [413, "That is more than is taken"],
  "wrong-content-type": [415, "That kind of content is not taken"],
  "too-many": [429, "Too often"],
  unavailable: [503, "Something that this needs does not answer"],
  failed: [500, "It went wrong here"],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

/** Name of a problem. */
export type ProblemName = keyof typeof problems;

/** What else an answer about a problem says. */
interface ProblemOptions {
  readonly errors?: readonly FieldFault[];
  /** Sent with the answer, such as Allow or Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An expected refusal: thrown anywhere in a handler, answered as problem+json. Its detail is our words, without values. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly messageIsOurs = true;
  readonly problem: ProblemName;
  readonly errors: readonly FieldFault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: ProblemName, detail: string, { errors, headers = {} }: ProblemOptions = {}) {
    super(detail);
    this.problem = problem;
    this.errors = errors;
    this.headers = headers;
  }
}

/** What is sent about a problem (RFC 9457, section 3.1). */
export function toProblemBody({ problem, message, errors }: ApiProblem): ProblemBody {
  const [status, title] = problems[problem];
  const body = { type: `urn:icechat:problem:${problem}`, title, status, detail: message };
  return errors === undefined ? body : { ...body, errors };
}

/** 404. @param what the kind of thing, such as "connector"; never the name that was asked for */
export function notFound(what: string): ApiProblem {
  return new ApiProblem("not-found", `There is no ${what} of that name.`);
}

/** 409: it would collide with something, such as a name that is taken. */
export function conflict(detail: string): ApiProblem {
  return new ApiProblem("conflict", detail);
}

/** 409: the state of things does not allow it now, such as releasing a drop that is not held. */
export function refused(detail: string): ApiProblem {
  return new ApiProblem("refused", detail);
}

/** 412: the version in If-Match is not the one that is there. */
export function preconditionFailed(): ApiProblem {
  return new ApiProblem("changed-meanwhile", "It was changed since you read it. Read it again, then decide.");
}

/** 400: what was given is not right, field by field. */
export function invalid(errors: readonly FieldFault[], detail = "See each error for its field."): ApiProblem {
  return new ApiProblem("invalid", detail, { errors });
}

/** 429. @param retryAfterInMs when it may be tried again */
export function tooMany(retryAfterInMs: number): ApiProblem {
  const seconds = Math.max(1, Math.ceil(retryAfterInMs / 1000));
  const headers = { "retry-after": String(seconds) };
  return new ApiProblem("too-many", `Try again in ${seconds} seconds.`, { headers });
}

/** 503: something that is asked for it, such as the vault, does not answer. @param detail names it, without its own words */
export function unavailable(detail: string): ApiProblem {
  return new ApiProblem("unavailable", detail, { headers: { "retry-after": "10" } });
}
