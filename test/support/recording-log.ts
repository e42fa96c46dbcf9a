import { commonFields, type EventName, events, type LogLevel } from "../../shared/telemetry/events.ts";
import { createLog, type Log, type LogFields } from "../../shared/telemetry/log.ts";

/** One recorded line. */
export interface LogLine {
  readonly level: LogLevel;
  readonly event: EventName;
  readonly fields: LogFields;
}

/** A log that tests can look into. */
export interface RecordingLog extends Log {
  readonly lines: readonly LogLine[];
  /** The lines of an event. */
  of(event: EventName): LogLine[];
}

/** Makes a log that keeps its lines, its children's too. It refuses what the catalog of events does not have. */
export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const log = createLog((level, event, fields) => {
    refuseUnknown(level, event, fields);
    lines.push({ level, event, fields });
  });
  return { ...log, lines, of: (event) => lines.filter((line) => line.event === event) };
}

/** A spread brings fields along that the compiler does not see. */
function refuseUnknown(level: LogLevel, event: EventName, fields: LogFields): void {
  const shape: { readonly level: LogLevel; readonly fields: readonly string[] } = events[event];
  const known: readonly string[] = [...commonFields, ...shape.fields];
  const unknown = Object.keys(fields).filter((field) => fields[field] !== undefined && !known.includes(field));
  if (shape.level !== level) throw new Error(`${event} is told as ${level}, and is of level ${shape.level}`);
  if (unknown.length > 0) throw new Error(`${event} has fields that the catalog does not have: ${unknown.join(", ")}`);
}
