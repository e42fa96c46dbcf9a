import type { commonFields, EventName, EventOf, events, LogLevel } from "./events.ts";

/** What a field may hold. */
export type LogValue = string | number | boolean | undefined;
/** What a log line carries: ids, counts, hashes, reasons. Never people, addresses, words or secrets. */
export type LogFields = Readonly<Record<string, LogValue>>;
/** The fields of an event, as the catalog has them. */
export type FieldsOf<E extends EventName> = Readonly<
  Partial<Record<(typeof events)[E]["fields"][number] | (typeof commonFields)[number], LogValue>>
>;
/** What may stand on every line of a child. */
export type ChildFields = Readonly<
  Partial<Record<(typeof commonFields)[number] | "drop" | "gen" | "file" | "mailbox" | "slice", LogValue>>
>;

/** Structured log: `event` is one of the catalog's; whatever varies is in its fields. */
export interface Log {
  info<E extends EventOf<"info">>(event: E, fields: FieldsOf<E>): void;
  warn<E extends EventOf<"warn">>(event: E, fields: FieldsOf<E>): void;
  error<E extends EventOf<"error">>(event: E, fields: FieldsOf<E>): void;
  /** The same log with `fields` on every line. */
  child(fields: ChildFields): Log;
}

/** Takes one line. */
export type WriteLine = (level: LogLevel, event: EventName, fields: LogFields) => void;

/** Makes a log that hands each line to `write`, with the fields of its children merged in. */
export function createLog(write: WriteLine, common: ChildFields = {}): Log {
  const at =
    (level: LogLevel) =>
    (event: EventName, fields: LogFields): void =>
      write(level, event, { ...common, ...fields });
  return {
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => createLog(write, { ...common, ...fields }),
  };
}
