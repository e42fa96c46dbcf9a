/** What one day took. */
export interface SoakDay {
  /** From 1. */
  readonly day: number;
  readonly seconds: number;
  /** Resident memory at the day's end, of the process in which the functions run, and of the host's. */
  readonly workerInBytes: number;
  readonly hostInBytes: number;
  /** Requests to storage of everything that the day set going, and of them listings. */
  readonly storage: number;
  readonly lists: number;
  /** The same of the timers' runs of a day on which nothing comes. */
  readonly quietStorage: number;
  readonly quietLists: number;
  readonly graph: number;
}

/** What is looked at for growth. */
export type SoakFigure = Exclude<keyof SoakDay, "day">;

/** How a figure went on, after the days that a process takes to warm up. */
export interface Trend {
  readonly figure: SoakFigure;
  readonly mean: number;
  /** By least squares, for each day. */
  readonly perDay: number;
  /** Of the mean, over all the days that were looked at. */
  readonly share: number;
}

/** How every figure went on. @param warmUp so many days at the beginning are left out */
export function toTrends(days: readonly SoakDay[], warmUp: number): Trend[] {
  const looked = days.slice(warmUp);
  const figures: SoakFigure[] = [
    ...(["workerInBytes", "hostInBytes", "storage", "lists"] as const),
    ...(["quietStorage", "quietLists", "graph", "seconds"] as const),
  ];
  return figures.map((figure) => {
    const values = looked.map((day) => day[figure]);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const perDay = slopeOf(values);
    return { figure, mean, perDay, share: mean === 0 ? 0 : (perDay * Math.max(0, values.length - 1)) / mean };
  });
}

/** The slope of the straight line that comes nearest to values one day apart. */
export function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const [products, squares] = values.reduce(
    ([product, square], value, i) => [product + (i - middle) * (value - mean), square + (i - middle) ** 2],
    [0, 0],
  );
  return squares === 0 ? 0 : products / squares;
}

const mebibyte = 2 ** 20;

/** The days as a markdown table. */
export function toDayRow(day: SoakDay): string {
  const cells = [
    day.day,
    day.seconds.toFixed(1),
    (day.workerInBytes / mebibyte).toFixed(0),
    (day.hostInBytes / mebibyte).toFixed(0),
    ...[day.storage, day.lists, day.quietStorage, day.quietLists, day.graph],
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What stands above the days. */
export const dayHead = [
  "| day | s | functions, MiB | host, MiB | storage operations | of them lists | quiet timers: storage | lists | Graph |",
  "|---|---|---|---|---|---|---|---|---|",
].join("\n");

const names: Readonly<Record<SoakFigure, string>> = {
  seconds: "seconds",
  workerInBytes: "memory of the functions, MiB",
  hostInBytes: "memory of the host, MiB",
  storage: "storage operations",
  lists: "of them lists",
  quietStorage: "quiet timers: storage operations",
  quietLists: "quiet timers: lists",
  graph: "requests to Graph",
};

/** The trends as a markdown table. */
export function toTrendTable(trends: readonly Trend[]): string {
  const rows = trends.map(({ figure, mean, perDay, share }) => {
    const unit = figure.endsWith("InBytes") ? mebibyte : 1;
    const cells = [
      names[figure],
      (mean / unit).toFixed(1),
      (perDay / unit).toFixed(2),
      `${(share * 100).toFixed(1)} %`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| figure | mean | growth a day | over all days |", "|---|---|---|---|", ...rows].join("\n");
}
