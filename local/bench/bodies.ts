import type { Body } from "./measure/body.ts";

/**
 * What can be run in a process of its own, by name. Each is loaded by itself, so that no other's modules are in its memory.
 * A new one is registered here.
 */
export const bodies: Readonly<Record<string, () => Promise<Body>>> = {
  day: async () => (await import("./bodies/day.ts")).dayBody,
  "fan-out-in-memory": async () => (await import("./bodies/fan-out-in-memory.ts")).fanOutInMemoryBody,
  "message-per-item": async () => (await import("./bodies/message-per-item.ts")).messagePerItemBody,
  "sftp-read": async () => (await import("./bodies/sftp-read.ts")).sftpReadBody,
  "saxes-alone": async () => (await import("./bodies/saxes-alone.ts")).saxesBody,
  "fetch-file": async () => (await import("./bodies/fetch-file.ts")).fetchFileBody,
  "import-operations": async () => (await import("./rows/import-operations-body.ts")).importOperationsBody,
  "import-rate": async () => (await import("./rows/import-rate-body.ts")).importRateBody,
  "busy-mailbox": async () => (await import("./rows/busy-mailbox-body.ts")).busyMailboxBody,
  "measured-day": async () => (await import("./scale/measured-day-body.ts")).measuredDayBody,
};
