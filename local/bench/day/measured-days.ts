import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { startAzurite } from "../../azurite/azurite.ts";
import { type ChatForm, chatFile } from "../input/write-chat-file.ts";
import { measurePairs } from "../measure/pairs.ts";
import type { ChildResult } from "../measure/run-child.ts";
import type { BenchContext } from "../row.ts";
import { sharedByRows } from "../shared-by-rows.ts";
import { startDayWorld } from "./day-world.ts";

/** What the rows about fanning out have in common: pairs of it and saxes over the same file. */
export const fanOutPairs = sharedByRows((context: BenchContext) =>
  measurePairs(
    { ours: () => fanOutOf(context, "xml"), yardstick: () => saxesAlone(context) },
    context.isQuick ? { least: 1, most: 1 } : { budgetInMs: 40_000, most: 5 },
  ),
);

/** The fan-out of the flat file in order of time, once: what is counted does not vary. */
export const csvFanOut = sharedByRows((context: BenchContext) => fanOutOf(context, "csv"));

/** The fan-out by itself: another process has fetched the day, and its people were met on an earlier one. */
async function fanOutOf(context: BenchContext, form: ChatForm): Promise<ChildResult> {
  const world = await startDayWorld(context, form, context.messages);
  try {
    await world.run(["fetch", "meet"]);
    return await world.run(["fan-out"]);
  } finally {
    await world.stop();
  }
}

/** What the fan-out computes, by itself: processor time of each part, ms. */
export async function fanOutInMemory(context: BenchContext): Promise<ChildResult> {
  const { path } = await chatFile(context.folder, "xml", context);
  return await context.child("fan-out-in-memory", { path }, { isBuilt: true });
}

async function saxesAlone(context: BenchContext): Promise<ChildResult> {
  const { path } = await chatFile(context.folder, "xml", context);
  return await context.child("saxes-alone", { path }, { isBuilt: true });
}

/** "One queue message an item" with a sample of the day, by time for each item. */
export async function messagePerItem(context: BenchContext, messages: number): Promise<number> {
  const azurite = await startAzurite();
  try {
    const { connectionString } = azurite;
    await openAzureStorage({ connectionString }, systemClock).createMissing();
    const { mailboxes } = context;
    const { wallInMs } = await context.child("message-per-item", { connectionString, messages, mailboxes });
    return wallInMs / messages;
  } finally {
    await azurite.stop();
  }
}
