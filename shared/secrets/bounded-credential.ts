import type { GetTokenOptions, TokenCredential } from "@azure/identity";

/** No token came in time, or nobody waits for it any more. */
export class NoTokenInTime extends Error {
  override readonly name = "NoTokenInTime";
  readonly messageIsOurs = true;

  constructor(limitInMs: number) {
    super(
      `Nothing came from the identity's endpoint or Entra within ${limitInMs / 1000} s, or before the caller gave up.`,
    );
  }
}

/**
 * Makes a credential give up: @azure/identity listens to no signal once its request is sent, and has no time limit. An endpoint that takes the
 * connection and says nothing would hold whatever waits for the token for ever, and everything after it too, since
 * clients that share one token share its question.
 *
 * @param limitInMs how long one token may take
 * @throws NoTokenInTime from `getToken`, as soon as the caller's signal says so or the time is over
 */
export function toBoundedCredential(credential: TokenCredential, limitInMs: number): TokenCredential {
  return {
    getToken: async (scopes, options: GetTokenOptions = {}) => {
      const { abortSignal } = options;
      if (abortSignal?.aborted === true) throw new NoTokenInTime(limitInMs);
      const { promise: givenUp, reject } = Promise.withResolvers<never>();
      const giveUp = (): void => reject(new NoTokenInTime(limitInMs));
      const timer = setTimeout(giveUp, limitInMs);
      abortSignal?.addEventListener("abort", giveUp);
      try {
        return await Promise.race([credential.getToken(scopes, options), givenUp]);
      } finally {
        clearTimeout(timer);
        abortSignal?.removeEventListener("abort", giveUp);
      }
    },
  };
}
