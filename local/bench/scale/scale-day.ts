import { toShape } from "../../cost/expected-day.ts";
import type { DayWork } from "./fit-days.ts";

/** A day of one connector. */
export interface ScaleDay extends DayWork {
  /** Chat files that it comes in; they are equally large. */
  readonly files: number;
  /** Items of the mailbox that has most. */
  readonly busiest: number;
}

/** What is known of a day beforehand. */
export interface DayInput {
  readonly items: number;
  readonly mailboxes: number;
  /** @default 1 */
  readonly files?: number;
  /** How many times as much as the average mailbox the busiest one gets. @default 10 */
  readonly busyTimes?: number;
}

/** As the sample day of the benchmarks: 200,000 messages are 119 MB of XML. */
const bytesEach = 595;

/** A day of that many items, each to three mailboxes, by the same shape as local/cost has. */
export function toDay({ items, mailboxes, files = 1, busyTimes = 10 }: DayInput): ScaleDay {
  const { available, persons, chunks, partitions } = toShape(items, mailboxes);
  const busiest = Math.min(items, Math.ceil((available / mailboxes) * busyTimes));
  return { items, available, mailboxes, persons, chunks, partitions, files, busiest, plainInBytes: items * bytesEach };
}
