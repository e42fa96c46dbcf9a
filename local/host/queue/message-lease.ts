import type { QueueClient } from "@azure/storage-queue";
import type { HostLog } from "../log.ts";
import { pause } from "../pause.ts";
import { limited } from "./request-limit.ts";

/** Keeps a message invisible while its function runs. */
export interface MessageLease {
  /** Ends the renewing and returns the pop receipt that is valid now. */
  end(): Promise<string>;
}

/** What the renewing needs. */
export interface MessageLeaseDeps {
  readonly queue: Pick<QueueClient, "updateMessage" | "name">;
  readonly messageId: string;
  readonly popReceipt: string;
  readonly messageLeaseInMs: number;
  readonly log: HostLog;
}

/** Renews a message's invisibility whenever half of it is over, so that no other host takes up work that still runs. */
export function keepMessageInvisible(deps: MessageLeaseDeps): MessageLease {
  const ending = new AbortController();
  const renewing = renewUntil(deps, ending.signal);
  return {
    end: () => {
      ending.abort();
      return renewing;
    },
  };
}

async function renewUntil(deps: MessageLeaseDeps, signal: AbortSignal): Promise<string> {
  let { popReceipt } = deps;
  for (;;) {
    await pause(deps.messageLeaseInMs / 2, signal);
    if (signal.aborted) return popReceipt;
    popReceipt = await renew(deps, popReceipt);
  }
}

async function renew(
  { queue, messageId, messageLeaseInMs, log }: MessageLeaseDeps,
  popReceipt: string,
): Promise<string> {
  try {
    const invisibleInSeconds = Math.ceil(messageLeaseInMs / 1000);
    const update = await queue.updateMessage(messageId, popReceipt, undefined, invisibleInSeconds, limited());
    return update.popReceipt ?? popReceipt;
  } catch (error) {
    // The message then shows up for another host and runs twice, which every queue function must bear.
    log({
      level: "warning",
      source: "host",
      message: `A message of ${queue.name} could not be renewed: ${String(error)}`,
    });
    return popReceipt;
  }
}
