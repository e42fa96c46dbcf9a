import type { LogFields } from "./log.ts";

/**
 * An error whose message was written here out of static words, ids and numbers, so that it may be logged. An error class
 * opts in with `readonly messageIsOurs = true`.
 */
export interface OwnError extends Error {
  readonly messageIsOurs: true;
}

const deepestCause = 5;
const mostFrames = 12;
/** Codes and class names as programmers write them; anything else could be words of a chat. */
const codeWord = /^[A-Za-z][\w.:-]{0,79}$/;
/** One frame of V8's stack: perhaps a function, then a place in a file. */
const frame = /^\s+at (?:async )?(?:[\w.$<>#[\]* ]+ \()?(?:file:\/\/|node:|\/|[A-Z]:\\|<anonymous>)[^()]*\)?$/;

/**
 * What may be logged of an error that was caught: name, code, reason, status, stack frames and the names and codes of
 * its causes. The message only if it is ours: a parser's or a server's message can quote the text it failed on, and so
 * would put a chat's words or an address into the log.
 */
export function toErrorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: `thrown ${typeof error}` };
  return {
    error: describe(error),
    errorMessage: isOwn(error) ? error.message : undefined,
    errorCauses: toCauses(error).map(describe).join(" < ") || undefined,
    errorStack: toFrames(error).join("\n") || undefined,
  };
}

function isOwn(error: Error): error is OwnError {
  return "messageIsOurs" in error && error.messageIsOurs === true;
}

/** E.g. `StorageFault(ServerBusy, 503)`. */
function describe(error: Error): string {
  const marks = [codeOf(error, "code"), codeOf(error, "reason"), statusOf(error)];
  const known = marks.filter((mark) => mark !== undefined);
  const name = codeWord.test(error.name) ? error.name : "Error";
  return known.length === 0 ? name : `${name}(${known.join(", ")})`;
}

function codeOf(error: Error, key: "code" | "reason"): string | undefined {
  const value: unknown = Reflect.get(error, key);
  if (typeof value === "number") return String(value);
  return typeof value === "string" && codeWord.test(value) ? value : undefined;
}

function statusOf(error: Error): string | undefined {
  const status: unknown = Reflect.get(error, "status") ?? Reflect.get(error, "statusCode");
  return typeof status === "number" ? String(status) : undefined;
}

function toCauses(error: Error): Error[] {
  const causes: Error[] = [];
  let cause = error.cause;
  while (cause instanceof Error && causes.length < deepestCause) {
    causes.push(cause);
    cause = cause.cause;
  }
  return causes;
}

/** The stack without its head. When the message is not found where V8 puts it, its end is unknown, so no frame is given. */
function toFrames(error: Error): string[] {
  const stack = error.stack ?? "";
  const start = stack.indexOf(error.message);
  if (start < 0 || start > 200) return [];
  const lines = stack.slice(start + error.message.length).split("\n");
  return lines
    .filter((line) => frame.test(line))
    .slice(0, mostFrames)
    .map((line) => line.trim());
}
