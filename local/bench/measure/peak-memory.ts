import { readFileSync } from "node:fs";

/**
 * Peak resident memory of a process since its start, in bytes: `VmHWM` of /proc/[pid]/status (proc(5)); elsewhere than on
 * Linux what getrusage(2) says of this one. @throws Error when the process has no such line, or is another one elsewhere
 */
export function readPeakMemory(pid = process.pid): number {
  if (process.platform !== "linux") {
    if (pid !== process.pid) throw new Error("the peak memory of another process can be read on Linux only");
    return process.resourceUsage().maxRSS * 1024;
  }
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmHWM`);
  return Number(kilobytes) * 1024;
}
