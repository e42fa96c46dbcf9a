import { csvFanOut, fanOutInMemory, fanOutPairs, messagePerItem } from "../day/measured-days.ts";
import { storageCallsOf } from "../day/usage.ts";
import { chatFile } from "../input/write-chat-file.ts";
import { median } from "../measure/median.ts";
import { toFigures } from "../measure/pairs.ts";
import type { ChildResult } from "../measure/run-child.ts";
import { type BenchContext, type Measured, meets, type Row, type Target } from "../row.ts";
import { toMb, toMib } from "../units.ts";

const againstSaxes: Target = { type: "at most", value: 3 };
const againstMessages: Target = { type: "at least", value: 60 };
const operations: Target = { type: "at most", value: 15 };

/** Mailboxes that each message of the input goes to. */
const mailboxesEach = 3;
const sampled = 5_000;

/** From the drop file to the work lists. */
export const fanOutAgainstSaxes: Row = {
  id: "fan-out",
  title: "parse + map + gather on Azurite, against saxes alone over the same file",
  target: againstSaxes,
  run: async (context) => {
    const { sizeInBytes } = await chatFile(context.folder, "xml", context);
    const pairs = await fanOutPairs(context);
    const parts = Object.entries((await fanOutInMemory(context)).told);
    const { spread, ...figures } = toFigures(
      pairs.map(([ours, theirs]) => [ours.wallInMs / 1000, theirs.wallInMs / 1000]),
    );
    const cpu = median(pairs.map(([{ cpuInMs }]) => cpuInMs / 1000));
    const cpuOfSaxes = median(pairs.map(([, { cpuInMs }]) => cpuInMs / 1000));
    const peak = Math.max(...pairs.map(([{ peakInBytes }]) => peakInBytes));
    return {
      ...figures,
      unit: "s",
      isMet: meets(againstSaxes, figures.ratio),
      notes: [
        `${context.messages} messages, ${toMb(sizeInBytes)} of XML, ${context.mailboxes} mailboxes, ${mailboxesEach} a message`,
        spread,
        `CPU time of the functions' process ${cpu.toFixed(1)} s, of saxes' ${cpuOfSaxes.toFixed(1)} s; peak ${toMib(peak)}; people are looked up in the directory within it`,
        `processor time of what it computes, alone and with no storage: ${parts.map(([part, ms]) => `${part} ${(Number(ms) / 1000).toFixed(1)} s`).join(", ")}`,
      ],
    };
  },
};

/** The same against the obvious way. */
export const fanOutAgainstMessages: Row = {
  id: "fan-out-messages",
  title: "the same, against one queue message an item",
  target: againstMessages,
  run: async (context) => {
    const pairs = await fanOutPairs(context);
    const figure = median(pairs.map(([{ wallInMs }]) => wallInMs / 1000));
    const items = Math.min(sampled, context.messages);
    const each = await messagePerItem(context, items);
    const yardstick = (each * context.messages) / 1000;
    const ratio = yardstick / figure;
    return {
      ...{ figure, yardstick, ratio, unit: "s" },
      isMet: meets(againstMessages, ratio),
      notes: [
        `the yardstick was measured with ${items} items (${each.toFixed(2)} ms each) and scaled to ${context.messages}; it sends, takes and deletes messages and does nothing with them`,
      ],
    };
  },
};

/** Requests to storage for what is fanned out. */
export const fanOutOperations: readonly Row[] = [
  {
    id: "fan-out-ops-xml",
    title: "storage operations of the fan-out per 1,000 items x mailboxes, XML",
    target: operations,
    run: async (context) => {
      const [first] = await fanOutPairs(context);
      if (first === undefined) throw new Error("nothing was measured");
      return toOperations(context, first[0]);
    },
  },
  {
    id: "fan-out-ops-csv",
    title: "the same, flat CSV in order of time",
    target: operations,
    run: async (context) => toOperations(context, await csvFanOut(context)),
  },
];

const fanOutFunctions = ["openDropFile", "mapChats", "gatherMailboxes"] as const;

function toOperations(context: BenchContext, { told }: ChildResult): Measured {
  const per = (calls: number): number => (calls * 1000) / (context.messages * mailboxesEach);
  const figure = per(storageCallsOf(told, fanOutFunctions));
  const kinds = Object.entries(told)
    .filter(([kind]) => /^\w+: (blobs|queues) /.test(kind))
    .map(([kind, calls]) => `${kind.replace(/ (blobs|queues) /, " ")} ${calls}`);
  return {
    figure,
    ratio: figure,
    unit: "operations",
    isMet: meets(operations, figure),
    notes: [
      `${context.messages} messages, ${context.mailboxes} mailboxes, ${mailboxesEach} a message, as the functions' dependency.used has them: ${kinds.join(", ")}`,
      `the host's receiving and deleting of messages would add ${per(storageCallsOf(told, ["host"])).toFixed(1)}`,
    ],
  };
}
