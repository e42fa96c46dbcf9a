import { SiteError } from "./site-error.ts";

/** What may cut a wait short. */
export interface Bounds {
  /** Longest wait, in ms; then it fails as `silent`. */
  readonly ms: number;
  /** The caller's wish to stop: fails as `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Raised when the connection is gone; its reason is the failure. */
  readonly lost?: AbortSignal | undefined;
}

/**
 * Settles as `work` does, but within the bounds. What `work` comes to afterwards is of no interest and raises nothing.
 * Listeners are taken off again: a promise for "the connection is lost" to race against would keep every answer in
 * memory for as long as the connection lives, that is the whole file.
 *
 * @throws SiteError
 */
export async function withDeadline<T>(work: Promise<T>, { ms, signal, lost }: Bounds): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = () => reject(new SiteError("aborted", { cause: signal?.reason }));
  const onLost = () => reject(lost?.reason);
  const timer = setTimeout(() => reject(new SiteError("silent")), ms);
  signal?.addEventListener("abort", onAbort);
  lost?.addEventListener("abort", onLost);
  if (lost?.aborted === true) onLost();
  if (signal?.aborted === true) onAbort();
  work.then(resolve, reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    lost?.removeEventListener("abort", onLost);
  }
}
