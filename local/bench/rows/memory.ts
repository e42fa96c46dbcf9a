import { startDayWorld } from "../day/day-world.ts";
import type { ChatForm } from "../input/write-chat-file.ts";
import { type BenchContext, meets, type Row, type Target } from "../row.ts";
import { sharedByRows } from "../shared-by-rows.ts";

const ceiling: Target = { type: "at most", value: 300 };
const growth: Target = { type: "at most", value: 1.1 };
const times = 5;

/** Peak memory of a process that does a whole day but for the import: fetch to gather. */
export const memoryRows: readonly Row[] = [
  toCeiling("xml", "memory-xml", "peak memory of the functions' process, fetch to gather, XML"),
  toCeiling("csv", "memory-csv", "the same, flat CSV in order of time"),
  toGrowth("xml", "memory-xml-large", "peak memory of five times the messages, XML, against that"),
  toGrowth("csv", "memory-csv-large", "the same, flat CSV in order of time"),
];

const peakOf: Readonly<Record<ChatForm, (context: BenchContext) => Promise<number>>> = {
  xml: sharedByRows((context) => measurePeak(context, "xml", context.messages)),
  csv: sharedByRows((context) => measurePeak(context, "csv", context.messages)),
};

function toCeiling(form: ChatForm, id: string, title: string): Row {
  return {
    ...{ id, title, target: ceiling },
    run: async (context) => {
      const figure = await peakOf[form](context);
      const notes = [`${context.messages} messages, VmHWM of a process that has done nothing else, its start included`];
      return { figure, ratio: figure, unit: "MB", isMet: meets(ceiling, figure), notes };
    },
  };
}

function toGrowth(form: ChatForm, id: string, title: string): Row {
  return {
    ...{ id, title, target: growth, isLong: true },
    run: async (context) => {
      const yardstick = await peakOf[form](context);
      const figure = await measurePeak(context, form, context.messages * times);
      const ratio = figure / yardstick;
      const notes = [`${context.messages * times} messages against ${context.messages}`];
      return { figure, yardstick, ratio, unit: "MB", isMet: meets(growth, ratio), notes };
    },
  };
}

async function measurePeak(context: BenchContext, form: ChatForm, messages: number): Promise<number> {
  const world = await startDayWorld(context, form, messages);
  try {
    return (await world.run(["fetch", "fan-out"])).peakInBytes / 1e6;
  } finally {
    await world.stop();
  }
}
