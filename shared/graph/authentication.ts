import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import type { Log } from "../telemetry/log.ts";
import type { AccessTokens } from "./access-token.ts";
import { exchangeOf } from "./exchange.ts";
import { RequestNotSent } from "./graph.ts";

/** Middleware that signs requests, and once more with a new token when Graph answers 401. */
export class Authentication implements Middleware {
  readonly #tokens: AccessTokens;
  readonly #origin: string;
  readonly #log: Pick<Log, "warn"> | undefined;
  #next: Middleware | undefined;

  /** @param origin the only place tokens go to; it speaks https. */
  constructor(tokens: AccessTokens, origin: string, log?: Pick<Log, "warn">) {
    this.#tokens = tokens;
    this.#origin = origin;
    this.#log = log;
  }

  /** Called by the client to build the chain. */
  setNext(next: Middleware): void {
    this.#next = next;
  }

  /** Sends the request on with a token. A 401 proves that nothing was done, so a POST may be sent again too. */
  async execute(context: Context): Promise<void> {
    const signal = this.#check(context);
    const token = await this.#tokens.current(signal);
    await this.#send(context, token, signal);
    const refusal = exchangeOf(context).answer;
    if (refusal?.status !== 401) return;
    const claims = toClaims(refusal.headers.get("www-authenticate"));
    this.#log?.warn("graph.token-refused", { hasClaims: claims !== undefined });
    await this.#send(context, await this.#tokens.renewed(token, claims, signal), signal);
  }

  async #send(context: Context, token: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new RequestNotSent("aborted");
    // A machine can fall asleep while it waits for a token, and no timer tells it on waking.
    if (!exchangeOf(context).maySend()) throw new RequestNotSent("no-longer-wanted");
    const headers = new Headers(context.options?.headers);
    headers.set("Authorization", `Bearer ${token}`);
    context.options = { ...context.options, headers };
    await this.#next?.execute(context);
  }

  #check(context: Context): AbortSignal {
    const url = new URL(typeof context.request === "string" ? context.request : context.request.url);
    if (url.origin !== this.#origin || url.protocol !== "https:") {
      throw new Error("a request to another host than Graph's would give our token away");
    }
    if (!(context.options?.signal instanceof AbortSignal)) throw new Error("a request needs a time-out");
    return context.options.signal;
  }
}

/** The claims of a challenge by continuous access evaluation: without them Entra would hand out the refused token again. */
export function toClaims(challenge: string | null): string | undefined {
  const encoded = /\bclaims="([^"]+)"/.exec(challenge ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}
