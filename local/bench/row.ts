import type { RunChild } from "./measure/run-child.ts";

/** What a row's ratio is held against. */
export interface Target {
  readonly type: "at most" | "at least" | "below";
  readonly value: number;
}

/** What a row came to. */
export interface Measured {
  /** What was measured of ours, in `unit`. */
  readonly figure: number;
  readonly unit: string;
  /** The same of the yardstick in the same run, in `unit`; undefined where the target is the figure itself. */
  readonly yardstick?: number | undefined;
  /** What is held against the target: figure to yardstick as the target reads, or the figure where there is no yardstick. */
  readonly ratio: number;
  readonly isMet: boolean;
  /** What one has to know beside the figures: sizes, what was scaled, spread of the pairs. */
  readonly notes: readonly string[];
}

/** One line of the benchmark's table. */
export interface Row {
  /** Named on the command line by `--only`. */
  readonly id: string;
  readonly title: string;
  readonly target: Target;
  /** Does not fit in a quarter of an hour with the others: measured with `--full`, or when it is named. @default false */
  readonly isLong?: boolean;
  /** @throws whatever keeps it from being measured: the bench then ends with exit code 1 */
  run(context: BenchContext): Promise<Measured>;
}

/** What rows are given. */
export interface BenchContext {
  /** Of the large day; a row says in its notes when it takes another number. */
  readonly messages: number;
  /** People of ours, each with a mailbox. */
  readonly mailboxes: number;
  /** Small sizes, few pairs: says whether everything works, not how fast. */
  readonly isQuick: boolean;
  /** Also what does not fit in a quarter of an hour. */
  readonly isFull: boolean;
  /** `.local/bench`: inputs that are kept, and results. */
  readonly folder: string;
  /** A folder that is gone after the run. */
  readonly scratch: string;
  /** Runs a body in a process of its own. */
  readonly child: RunChild;
  /** Tells what is being done. */
  say(line: string): void;
}

/** Whether a ratio meets a target. */
export function meets({ type, value }: Target, ratio: number): boolean {
  switch (type) {
    case "at most":
      return ratio <= value;
    case "at least":
      return ratio >= value;
    case "below":
      return ratio < value;
  }
}
