import type { ProcessMemory } from "./protocol.ts";

/** Peak and present resident memory of this process, in bytes. */
export function readProcessMemory(): ProcessMemory {
  // Node reports the peak in kilobytes on every platform.
  return { peakInBytes: process.resourceUsage().maxRSS * 1024, presentInBytes: process.memoryUsage.rss() };
}
