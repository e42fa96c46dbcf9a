/** An HTTP request as any server hands it over; the host's own types stay outside. */
export interface HttpAsk {
  readonly method: string;
  /** As the caller sees it: scheme and host are those that the platform's front end was asked for. */
  readonly url: URL;
  readonly headers: Headers;
  /** undefined where there is none. */
  readonly body: AsyncIterable<Uint8Array> | undefined;
}

/** What goes back. Header names are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content?: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined;
}
