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

/**
 * Outermost middleware: reads the body here, because the client loses headers (so Retry-After) of bodies that are no
 * JSON, and turns every fault into a GraphError that tells a time-out from a reset no more.
 */
export class ExchangeReader implements Middleware {
  #next: Middleware | undefined;

  /** Called by the client to build the chain. */
  setNext(next: Middleware): void {
    this.#next = next;
  }

  /** Runs the rest of the chain and keeps answer or failure in the request's Exchange. */
  async execute(context: Context): Promise<void> {
    const exchange = context.middlewareControl?.getMiddlewareOptions(Exchange);
    if (!(exchange instanceof Exchange)) throw new Error("a request without its Exchange");
    try {
      await this.#next?.execute(context);
      if (context.response === undefined) throw new Error("the chain ended without a response");
      const { status, headers } = context.response;
      exchange.status = status;
      exchange.answer = { status, headers, text: await context.response.text() };
    } catch (error) {
      exchange.failure = error;
      throw error;
    }
  }
}
