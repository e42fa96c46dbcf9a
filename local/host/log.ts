import { z } from "zod";

const levels = ["trace", "debug", "information", "warning", "error", "critical", "none"] as const;

const hostLogLine = z.object({
  time: z.string(),
  level: z.enum(levels),
  /** `user`: through the context; `console`: console or plain output of the app; `system`: the library; `host`: this host. */
  source: z.enum(["user", "console", "system", "host"]),
  message: z.string(),
  functionName: z.string().optional(),
  invocationId: z.string().optional(),
});

/** One line of the host's output, with the function and invocation it belongs to, if any. `time` is ISO 8601, UTC. */
export type HostLogLine = z.infer<typeof hostLogLine>;

/** Takes one log entry; the time is added on the way out. */
export type HostLog = (entry: Omit<HostLogLine, "time">) => void;

/** How lines are printed: one JSON object a line, or text for people. */
export type LogFormat = "json" | "plain";

/** Makes a log that writes every entry of at least `information` (all of them as JSON) with one call of `write`. */
export function createHostLog(format: LogFormat, write: (line: string) => void, now: () => Date): HostLog {
  return (entry) => {
    const line = { time: now().toISOString(), ...entry };
    if (format === "json") return write(`${JSON.stringify(line)}\n`);
    if (levels.indexOf(entry.level) >= levels.indexOf("information")) write(`${toPlainLine(line)}\n`);
  };
}

/** Reads a line written in JSON; a line in another form (Node's own words before a crash) becomes an entry of its own. */
export function parseHostLogLine(text: string, now: () => Date): HostLogLine {
  try {
    return hostLogLine.parse(JSON.parse(text));
  } catch {
    return { time: now().toISOString(), level: "information", source: "host", message: text };
  }
}

function toPlainLine(line: HostLogLine): string {
  const by = line.functionName === undefined ? "" : ` [${line.functionName} ${line.invocationId ?? ""}]`;
  return `${line.time} ${line.level}${by} ${line.message}`;
}
