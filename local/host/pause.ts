import { setTimeout as delay } from "node:timers/promises";

/** Waits; ends early, and without an error, when the signal aborts. */
export async function pause(durationInMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await delay(durationInMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
