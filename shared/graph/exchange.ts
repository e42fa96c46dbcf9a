import type { Context, Middleware, MiddlewareOptions } from "@microsoft/microsoft-graph-client";

/** What came back, read to the end. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Goes along with one request through the client and brings back what the client would drop. */
export class Exchange implements MiddlewareOptions {
  answer: WholeAnswer | undefined;
  failure: unknown;
  /** The status, once the head of the answer is there. */
  status: number | undefined;
  /** Whether the request may still leave. */
  readonly maySend: () => boolean;

  constructor(maySend: () => boolean = () => true) {
    this.maySend = maySend;
  }
}

/** The Exchange that goes along with a request. @throws Error when there is none */
export function exchangeOf(context: Context): Exchange {
  const exchange = context.middlewareControl?.getMiddlewareOptions(Exchange);
  if (exchange instanceof Exchange) return exchange;
  throw new Error("a request without its Exchange");
}

/** Outermost middleware: keeps what failed, because the client makes a GraphError of it that tells a time-out from a reset no more. */
export class FailureKeeper implements Middleware {
  #next: Middleware | undefined;

  /** Called by the client to build the chain. */
  setNext(next: Middleware): void {
    this.#next = next;
  }

  /** Runs the rest of the chain and keeps its failure in the request's Exchange. */
  async execute(context: Context): Promise<void> {
    const exchange = exchangeOf(context);
    try {
      await this.#next?.execute(context);
    } catch (error) {
      exchange.failure = error;
      throw error;
    }
  }
}
