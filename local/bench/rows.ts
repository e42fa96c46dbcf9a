import type { Row } from "./row.ts";
import { bundleLoad, bundleSize } from "./rows/bundle.ts";
import { busyMailbox } from "./rows/busy-mailbox.ts";
import { dayCost } from "./rows/cost.ts";
import { fanOutAgainstMessages, fanOutAgainstSaxes, fanOutOperations } from "./rows/fan-out.ts";
import { fetchLoopback } from "./rows/fetch-loopback.ts";
import { importOperationsItems, importOperationsRuns } from "./rows/import-operations.ts";
import { importCpu, importRate } from "./rows/import-rate.ts";
import { memoryRows } from "./rows/memory.ts";
import { sftpFar } from "./rows/sftp-far.ts";

/** Every row, in the order of the table. A new one is registered here. */
export const rows: readonly Row[] = [
  fetchLoopback,
  sftpFar,
  fanOutAgainstSaxes,
  fanOutAgainstMessages,
  ...fanOutOperations,
  ...memoryRows,
  importOperationsItems,
  importOperationsRuns,
  importCpu,
  importRate,
  busyMailbox,
  bundleLoad,
  bundleSize,
  dayCost,
];
