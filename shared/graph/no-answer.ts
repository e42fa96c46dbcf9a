import { NoCompleteAnswer, RequestNotSent } from "./graph.ts";

/** Name not found, or a certificate that was refused before the first byte of a request. */
const notConnectedCodes = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/**
 * Classifies what sending threw. Only what proves that no connection was made counts as not sent; to take anything else
 * for it would import an item twice.
 */
export function toNoAnswer(
  failure: unknown,
  sent: { readonly requestId: string; readonly status: number | undefined; readonly signal: AbortSignal },
): NoCompleteAnswer | RequestNotSent {
  if (failure instanceof RequestNotSent) return failure;
  const known = sent.status === undefined ? {} : { status: sent.status };
  if (sent.signal.aborted) {
    return new NoCompleteAnswer(isTimeout(sent.signal.reason) ? "timed-out" : "aborted", sent.requestId, known);
  }
  const code = codeOf(failure);
  if (wasNeverConnected(failure)) return new RequestNotSent("not-connected", code);
  return new NoCompleteAnswer("connection-lost", sent.requestId, { ...known, code });
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}

function causes(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}

function codeOf(error: unknown): string | undefined {
  const codes = causes(error).map((one) => ("code" in one ? one.code : undefined));
  return codes.find((code) => typeof code === "string");
}

function wasNeverConnected(error: unknown): boolean {
  return causes(error).some((one) => {
    if (one instanceof AggregateError && one.errors.length > 0) return one.errors.every(wasNeverConnected);
    if ("syscall" in one && one.syscall === "connect") return true;
    return "code" in one && typeof one.code === "string" && notConnectedCodes.has(one.code);
  });
}
