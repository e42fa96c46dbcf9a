import type { Clock } from "../store/clock.ts";
import type { Observe } from "../telemetry/dependency-tally.ts";
import { observed } from "../telemetry/observed.ts";
import { RequestNotSent } from "./graph.ts";

/** A token and when it ends, ms since 1970. */
export interface AccessToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** What gives tokens; @azure/identity's TokenCredential fits. */
export interface TokenSource {
  getToken(
    scopes: string[],
    options: { abortSignal: AbortSignal; claims?: string; enableCae?: boolean },
  ): Promise<AccessToken | null>;
}

const refreshBeforeEndInMs = 5 * 60_000;
const tokenTimeoutInMs = 30_000;

/** What AccessTokens needs. */
export interface AccessTokensDeps {
  readonly source: TokenSource;
  readonly scope: string;
  readonly clock: Clock;
  /** Is told of each token that is asked for. */
  readonly observe?: Observe;
}

/** Keeps one token for everybody, so that a slice of a thousand items asks Entra once, and asks once at a time. */
export class AccessTokens {
  readonly #deps: AccessTokensDeps;
  #current: AccessToken | undefined;
  #asked: Promise<AccessToken> | undefined;

  constructor(deps: AccessTokensDeps) {
    this.#deps = deps;
  }

  /** A token that is good for some minutes more. @throws RequestNotSent when there is none to be had. */
  async current(signal: AbortSignal): Promise<string> {
    const known = this.#current;
    const leftInMs = known === undefined ? 0 : known.expiresOnTimestamp - this.#deps.clock.now();
    if (known !== undefined && leftInMs > refreshBeforeEndInMs) return known.token;
    try {
      return (await abortable(this.#ask(), signal)).token;
    } catch (error) {
      // Entra being away for a minute must not stop imports while the old token still holds.
      if (known !== undefined && leftInMs > 0 && !signal.aborted) return known.token;
      throw error;
    }
  }

  /** A token other than `refused`, which Graph answered with 401. @throws RequestNotSent when there is none to be had. */
  async renewed(refused: string, claims: string | undefined, signal: AbortSignal): Promise<string> {
    if (this.#current?.token === refused) this.#current = undefined;
    if (this.#current !== undefined) return this.#current.token;
    return (await abortable(this.#ask(claims), signal)).token;
  }

  #ask(claims?: string): Promise<AccessToken> {
    this.#asked ??= this.#fetch(claims).finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  async #fetch(claims: string | undefined): Promise<AccessToken> {
    const { source, scope, observe = () => undefined } = this.#deps;
    const abortSignal = AbortSignal.timeout(tokenTimeoutInMs);
    const options = claims === undefined ? { abortSignal } : { abortSignal, claims, enableCae: true };
    const ask = () => source.getToken([scope], options);
    const given = await observed({ dependency: "entra", operation: "token for Graph", observe }, ask).catch(
      (error: unknown) => {
        throw new RequestNotSent("no-token", error instanceof Error ? error.name : undefined);
      },
    );
    if (given === null) throw new RequestNotSent("no-token");
    this.#current = given;
    return given;
  }
}

/** The token is asked for all waiting requests together, so one that gives up leaves the question to the others. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(new RequestNotSent("aborted"));
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new RequestNotSent("aborted"));
    signal.addEventListener("abort", giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}
