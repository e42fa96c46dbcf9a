import { QueueServiceClient } from "@azure/storage-queue";
import { z } from "zod";
import { mapAhead } from "../../../shared/store/map-ahead.ts";
import { startQueueHost } from "../day/queue-host.ts";
import { listByConversation } from "../input/chat-day.ts";
import type { Body } from "../measure/body.ts";

const itemArgs = z.object({ connectionString: z.string(), messages: z.number(), mailboxes: z.number() });

/** More at once make Azurite no faster (facts of the design: 16 in flight are enough). */
const sendsAtOnce = 16;

/** Azurite looks through a whole queue at each receiving: with a long one the yardstick would be slow for Azurite's sake. */
const mostWaiting = 100;

/**
 * The yardstick "one queue message an item": each item is sent as a message and taken by the host's rules, side by side.
 * Nothing is done with it, no mailbox is looked for and nothing is written: what it really takes is more.
 */
export const messagePerItemBody: Body = async (args, watch) => {
  const { connectionString, ...day } = itemArgs.parse(args);
  const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient("chats");
  const done = Promise.withResolvers<void>();
  let [taken, sent] = [0, 0];
  let more = Promise.withResolvers<void>();
  await watch.time(async () => {
    const host = startQueueHost(["chats"], {
      connectionString,
      take: async () => undefined,
      onFault: done.reject,
      onRequest: (operation) => {
        if (operation === "delete") taken += 1;
        if (taken === day.messages) done.resolve();
        if (sent - taken < mostWaiting) more.resolve();
      },
    });
    try {
      const sending = mapAhead(listByConversation(day), sendsAtOnce, async (item) => {
        sent += 1;
        await queue.sendMessage(toText(item));
      });
      for await (const _ of sending) {
        if (sent - taken < mostWaiting) continue;
        more = Promise.withResolvers<void>();
        await Promise.race([more.promise, done.promise]);
      }
      await done.promise;
    } finally {
      await host.stop();
    }
  });
  return { items: day.messages };
};

function toText(item: object): string {
  return Buffer.from(JSON.stringify(item)).toString("base64");
}
