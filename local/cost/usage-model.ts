import type { DayShape, DayUsage } from "./day-usage.ts";
import { fitNonNegative } from "./fit-non-negative.ts";

/** What a function's requests grow with, each a number of the day. */
type Drivers = (shape: DayShape, executions: number) => readonly number[];

/** The stages' own arithmetic: what each of them reads and writes for every one of what. */
const drivers: Readonly<Record<string, Drivers>> = {
  fetchDrops: ({ files }, executions) => [executions, files],
  sweep: ({ runs }, executions) => [executions, runs],
  openDropFile: ({ files, chunks, persons }) => [files, chunks, persons],
  mapChats: ({ chunks }) => [1, chunks],
  gatherMailboxes: ({ partitions, chunks, runs }) => [partitions, partitions * chunks, runs],
  importMailbox: ({ available }, executions) => [executions, available],
};

/** How many requests of each kind a function makes for each of its drivers. */
export type UsageModel = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

/** Functions that the model knows; the others run on demand or not at all on a good day. */
export const modelled = Object.keys(drivers);

/** Finds the model that comes nearest to what was counted on several days. */
export function fitUsage(days: readonly DayUsage[]): UsageModel {
  return Object.fromEntries(
    Object.entries(drivers).map(([name, toDrivers]) => [name, fitFunction(name, toDrivers, days)]),
  );
}

function fitFunction(name: string, toDrivers: Drivers, days: readonly DayUsage[]): Record<string, readonly number[]> {
  const used = days.flatMap(({ shape, functions }) => {
    const usage = functions[name];
    return usage === undefined ? [] : [{ usage, drivers: toDrivers(shape, usage.executions) }];
  });
  const operations = new Set(used.flatMap(({ usage }) => Object.keys(usage.calls)));
  return Object.fromEntries(
    [...operations].map((operation) => {
      const counted = used.map(({ usage }) => usage.calls[operation] ?? 0);
      return [
        operation,
        fitNonNegative(
          used.map((one) => one.drivers),
          counted,
        ),
      ];
    }),
  );
}

/** The requests of one function on a day of that shape, by dependency and operation. */
export function predictCalls(
  model: UsageModel,
  name: string,
  shape: DayShape,
  executions: number,
): Record<string, number> {
  const values = drivers[name]?.(shape, executions) ?? [];
  return Object.fromEntries(
    Object.entries(model[name] ?? {}).map(([operation, each]) => [
      operation,
      each.reduce((sum, perDriver, i) => sum + perDriver * (values[i] ?? 0), 0),
    ]),
  );
}
