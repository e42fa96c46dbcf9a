import { createLog, type Log, type LogFields, type LogLevel } from "../../shared/telemetry/log.ts";

/** One recorded line. */
export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

/** A log that tests can look into. */
export interface RecordingLog extends Log {
  readonly lines: readonly LogLine[];
  /** The lines of an event. */
  of(event: string): LogLine[];
}

/** Makes a log that keeps its lines, its children's too. */
export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const log = createLog((level, event, fields) => lines.push({ level, event, fields }));
  return { ...log, lines, of: (event) => lines.filter((line) => line.event === event) };
}
