import { z } from "zod";
import { connectorName, dropId, fileId, mailboxId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Log } from "../store/log.ts";
import { paths } from "../store/paths.ts";
import { createDocument } from "../store/state-document.ts";

/** `state/dead/{queue}/{id}.json`: a message that failed for good, as it was. Ours hold ids only; a foreign one may hold anything. */
export const deadMessage = z.object({
  v: z.literal(1),
  queue: z.string(),
  id: z.string(),
  buriedAt: z.number(),
  /** What the message said; absent when it said nothing. */
  message: z.unknown().optional(),
});

/** What burying takes. */
export interface BuryDeps {
  readonly blobs: Blobs;
  readonly log: Log;
  readonly writer: string;
  readonly clock: { now(): number };
}

/** Keeps a poisoned message where redrive and the report find it: the queue's own copy is gone after seven days. */
export async function buryMessage(deps: BuryDeps, queue: string, id: string, message: unknown): Promise<void> {
  const safeId = id.replaceAll(/[^A-Za-z0-9-]/g, "_").slice(0, 80);
  const body = { v: 1 as const, queue, id: safeId, buriedAt: deps.clock.now(), message };
  await createDocument(deps.blobs, paths.dead(queue, safeId), deadMessage, body, { writer: deps.writer });
  deps.log.error("message.dead", { queue, id: safeId, ...toIds(message) });
}

/** Ids by their own schemas: words in their place would get into the log. */
const known = z.object({
  drop: dropId.optional(),
  gen: z.number().optional(),
  file: fileId.optional(),
  chunk: z.number().optional(),
  p: z.number().optional(),
  mailbox: mailboxId.optional(),
  connector: connectorName.optional(),
});

function toIds(message: unknown): z.infer<typeof known> {
  return known.safeParse(message).data ?? {};
}
