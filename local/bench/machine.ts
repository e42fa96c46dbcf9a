import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What the figures were measured on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryInGiB: number;
  readonly node: string;
  /** How many processes ran, on the average of the last minute: more than a few of ours means that it was not quiet. */
  readonly load: number;
  readonly text: string;
}

/** Looks at this machine. */
export function readMachine(): Machine {
  const facts = {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memoryInGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
  const { cores, processor, memoryInGiB, node, load } = facts;
  return { ...facts, text: `${cores} cores (${processor}), ${memoryInGiB} GiB, Node ${node}, load ${load}` };
}
