import { putDocument } from "../store/state-document.ts";
import { toErrorFields } from "../telemetry/error-fields.ts";
import type { BuryDeps } from "./bury-message.ts";
import { deadWork, type FailureReason, graveOf } from "./dead-work.ts";

/** A message or blob event that is being worked on. */
export interface Delivery {
  /** The queue it came from; `released` for a blob event. */
  readonly queue: string;
  readonly message: unknown;
  /** How often it was delivered, this time included; undefined where the host does not tell, as for blob events. */
  readonly dequeueCount: number | undefined;
}

/** As host.json's queues.maxDequeueCount says; with the next failure the host gives the message up. */
export const lastDelivery = 5;

const longestText = 1000;

/**
 * Keeps why the last try of a message failed, before the host gives it up: the host's copy in the poison queue does not
 * say. Nothing follows from this record alone, since it counts no death: a process that dies before this leaves the reason
 * of the time before or none, and one that dies after it a reason for work that may still succeed, which no report shows.
 */
export async function noteFailure(deps: BuryDeps, delivery: Delivery, error: unknown): Promise<void> {
  const { queue, message, dequeueCount } = delivery;
  if (dequeueCount !== undefined && dequeueCount < lastDelivery) return;
  const { path, empty } = graveOf(queue, message);
  const reason = toReason(error, deps.clock.now());
  await putDocument(deps.blobs, path, deadWork, (old = empty) => ({ ...old, reason }), { writer: deps.writer });
}

/** What may be told of an error. */
export function toReason(error: unknown, at: number): FailureReason {
  const { error: name, errorMessage, errorCauses } = toErrorFields(error);
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value.slice(0, longestText) : undefined;
  const [message, causes] = [text(errorMessage), text(errorCauses)];
  return {
    error: text(name) ?? "unknown",
    ...(message === undefined ? {} : { message }),
    ...(causes === undefined ? {} : { causes }),
    at,
  };
}
