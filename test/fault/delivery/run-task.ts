import { fetchNow } from "../../../shared/pipeline/fetch-due.ts";
import { gatherMailboxes } from "../../../shared/pipeline/gather-mailboxes.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../../../shared/pipeline/map-chats.ts";
import { parseTask } from "../../../shared/store/parse-task.ts";
import type { QueueName } from "../../../shared/store/queues.ts";
import type { WorldDeps } from "../../support/pipeline-world.ts";

/** Does what a queue's message says, as the function of that queue does. */
export async function runTask(deps: WorldDeps, queue: QueueName, task: unknown): Promise<unknown> {
  switch (queue) {
    case "fetches":
      return await fetchNow(deps, parseTask("fetches", task).connector);
    case "chats":
      return await mapChats(deps, parseTask("chats", task));
    case "partitions":
      return await gatherMailboxes(deps, parseTask("partitions", task));
    case "mailboxes":
      return await importMailbox(deps.import, parseTask("mailboxes", task));
    case "checks":
      throw new Error("nobody asks this app to check itself");
  }
}
