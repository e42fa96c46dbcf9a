import type { Blobs } from "../store/blobs.ts";
import { putDocument } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import { deadWork, graveOf } from "./dead-work.ts";

/** What burying takes. */
export interface BuryDeps {
  readonly blobs: Blobs;
  readonly log: Log;
  readonly writer: string;
  readonly clock: { now(): number };
}

/** Ids kept to know a message again that comes twice; a host gives it back only while it is not acknowledged. */
const idsKept = 20;

/** The queue of blob events that failed for good, whatever the function; ours are all about `released`. */
const blobEvents = "webjobs-blobtrigger-poison";

/**
 * Keeps a message that the host has given up where redrive and the report find it: the queue's own copy is gone after
 * seven days. Work that is given up again and again is one record, which counts; a message that comes twice counts once.
 * @param poisonQueue the queue in which the host has put it
 * @param id the host's id of this copy
 */
export async function buryMessage(deps: BuryDeps, poisonQueue: string, id: string, message: unknown): Promise<void> {
  const queue = poisonQueue === blobEvents ? "released" : poisonQueue.replace(/-poison$/, "");
  const { path, work, empty } = graveOf(queue, message);
  const now = deps.clock.now();
  const buried = await putDocument(
    deps.blobs,
    path,
    deadWork,
    (old = empty) =>
      old.buried.includes(id)
        ? undefined
        : {
            ...old,
            message,
            deaths: old.deaths + 1,
            firstAt: old.firstAt ?? now,
            lastAt: now,
            buried: [id, ...old.buried].slice(0, idsKept),
          },
    { writer: deps.writer },
  );
  const { deaths, reason } = buried ?? {};
  // The work's ids come out of its schema: words in their place would get into the log.
  deps.log.error("message.dead", { ...work, queue, record: path, deaths, reason: reason?.error });
}
