/**
 * How long the host waits for one of storage's answers, the SDK's own tries included, in ms. The SDK has no limit of its own: it only asks
 * the server to hurry. After an answer that never came a queue would not be read again, without a word.
 */
export const requestLimitInMs = 30_000;

/** The options of one request to storage that is given up in time. */
export function limited(limitInMs: number = requestLimitInMs): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(limitInMs) };
}
