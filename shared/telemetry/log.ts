/** What a log line may carry: ids, counts, hashes, reasons. Never people, addresses, words or secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured log: `event` is a static name such as "drop.fetched"; whatever varies is in the fields. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with `fields` on every line. */
  child(fields: LogFields): Log;
}

/** How grave a line is. */
export type LogLevel = "info" | "warn" | "error";

/** Makes a log that hands each line to `write`, with the fields of its children merged in. */
export function createLog(
  write: (level: LogLevel, event: string, fields: LogFields) => void,
  common: LogFields = {},
): Log {
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) =>
      write(level, event, { ...common, ...fields });
  return {
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => createLog(write, { ...common, ...fields }),
  };
}

/** A log of JSON Lines: {time, level, event, ...fields}; `write` gets each line without its line feed. */
export function createJsonLog(write: (line: string, level: LogLevel) => void, clock: { now(): number }): Log {
  return createLog((level, event, fields) => {
    const time = new Date(clock.now()).toISOString();
    write(JSON.stringify({ ...fields, time, level, event }), level);
  });
}
