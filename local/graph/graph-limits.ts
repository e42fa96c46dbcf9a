import { GraphRefusal } from "./graph-refusal.ts";

/** Graph's limits for one app. Source: learn.microsoft.com/graph/throttling-limits, Outlook service. */
export interface GraphLimits {
  /** Requests to one mailbox at the same time. @default 4 */
  readonly concurrent: number;
  /** Requests to one mailbox in `requestWindowInMs`. @default 10,000 */
  readonly requests: number;
  /** @default 10 minutes */
  readonly requestWindowInMs: number;
  /** Bytes sent to one mailbox in `uploadWindowInMs`. @default 150,000,000 */
  readonly uploadInBytes: number;
  /** @default 5 minutes */
  readonly uploadWindowInMs: number;
  /** Requests of the app in `appWindowInMs`, over all mailboxes and the directory. @default 130,000 */
  readonly appRequests: number;
  /** @default 10 seconds */
  readonly appWindowInMs: number;
  /** `Retry-After` of a request too many at the same time. @default 1 */
  readonly concurrencyRetryAfterInSeconds: number;
}

/** The limits of the real service. */
export const graphLimits: GraphLimits = {
  concurrent: 4,
  requests: 10_000,
  requestWindowInMs: 10 * 60_000,
  uploadInBytes: 150_000_000,
  uploadWindowInMs: 5 * 60_000,
  appRequests: 130_000,
  appWindowInMs: 10_000,
  concurrencyRetryAfterInSeconds: 1,
};

/** Counts requests against the limits. */
export interface Throttle {
  /**
   * Takes a request in, and gives what to call when it is over.
   *
   * @param mailbox the user's id; undefined for requests to the directory
   * @throws GraphRefusal 429 with Retry-After when it is one too many; a refused request is not counted
   */
  enter(mailbox: string | undefined, sizeInBytes: number, now: number): () => void;
}

interface MailboxUse {
  running: number;
  readonly requests: Window;
  readonly uploads: Window;
}

/** Starts counting. */
export function createThrottle(limits: GraphLimits): Throttle {
  const uses = new Map<string, MailboxUse>();
  const app = createWindow(limits.appWindowInMs);
  return {
    enter(mailbox, sizeInBytes, now) {
      checkWindow(app, 1, limits.appRequests, now, "Application is over its request limit.");
      if (mailbox === undefined) {
        app.add(1, now);
        return () => {};
      }
      const use = uses.get(mailbox) ?? createUse(limits);
      uses.set(mailbox, use);
      checkUse(use, limits, sizeInBytes, now);
      app.add(1, now);
      use.requests.add(1, now);
      use.uploads.add(sizeInBytes, now);
      use.running += 1;
      return () => {
        use.running -= 1;
      };
    },
  };
}

function createUse({ requestWindowInMs, uploadWindowInMs }: GraphLimits): MailboxUse {
  return { running: 0, requests: createWindow(requestWindowInMs), uploads: createWindow(uploadWindowInMs) };
}

function checkUse(use: MailboxUse, limits: GraphLimits, sizeInBytes: number, now: number): void {
  if (use.running >= limits.concurrent) {
    throw throttled("Application is over its MailboxConcurrency limit.", limits.concurrencyRetryAfterInSeconds);
  }
  checkWindow(use.requests, 1, limits.requests, now, "Application is over its RequestCount limit.");
  checkWindow(use.uploads, sizeInBytes, limits.uploadInBytes, now, "Application is over its IncomingBytes limit.");
}

function checkWindow(window: Window, amount: number, limit: number, now: number, message: string): void {
  if (amount === 0 || window.sum(now) + amount <= limit) return;
  throw throttled(message, Math.max(1, Math.ceil(window.roomIn(now) / 1000)));
}

function throttled(message: string, retryAfterInSeconds: number): GraphRefusal {
  return new GraphRefusal(429, "ApplicationThrottled", message, retryAfterInSeconds);
}

/** What was used up in the last so many milliseconds, counted in a hundred slots. */
interface Window {
  add(amount: number, now: number): void;
  sum(now: number): number;
  /** Milliseconds until the oldest part of the use is forgotten. */
  roomIn(now: number): number;
}

function createWindow(lengthInMs: number): Window {
  const slotInMs = Math.max(1, lengthInMs / 100);
  const slots: { start: number; amount: number }[] = [];
  let total = 0;
  function forget(now: number): void {
    while (slots[0] !== undefined && slots[0].start + lengthInMs <= now) total -= slots.shift()?.amount ?? 0;
  }
  return {
    add(amount, now) {
      forget(now);
      total += amount;
      const last = slots.at(-1);
      if (last !== undefined && now < last.start + slotInMs) last.amount += amount;
      else slots.push({ start: now, amount });
    },
    sum(now) {
      forget(now);
      return total;
    },
    roomIn: (now) => (slots[0] === undefined ? 0 : slots[0].start + lengthInMs - now),
  };
}
