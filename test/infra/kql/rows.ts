import type { commonFields, EventName, events } from "../../../shared/telemetry/events.ts";
import type { LogFields } from "../../../shared/telemetry/log.ts";
import { Moment, type Row, type Value } from "./values.ts";

/** Rows of the workspace, by table. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

type FieldOf<E extends EventName> = (typeof events)[E]["fields"][number] | (typeof commonFields)[number];

/** When the queries of the examples run: a Wednesday, at noon. */
export const now = Date.parse("2026-11-25T12:00:00Z");
const minute = 60_000;

/** One of the app's lines as a row of AppTraces. The compiler holds event and fields to the catalog. */
export function line<E extends EventName>(
  event: E,
  fields: { readonly [F in FieldOf<E>]?: LogFields[string] } = {},
  minutesAgo = 3,
): Rows {
  return row("AppTraces", { Message: JSON.stringify({ event, ...fields }) }, minutesAgo);
}

/** A row of any table. */
export function row(table: string, columns: Readonly<Record<string, Value>>, minutesAgo = 3): Rows {
  return { [table]: [{ TimeGenerated: new Moment(now - minutesAgo * minute), ...columns }] };
}

/** The same rows several times, some minutes apart, the newest three minutes ago. */
export function often(times: number, make: (minutesAgo: number) => Rows, apart = 1): Rows {
  return all(...Array.from({ length: times }, (_, at) => make(3 + at * apart)));
}

/** All of these rows together. */
export function all(...parts: readonly Rows[]): Rows {
  const tables = [...new Set(parts.flatMap((part) => Object.keys(part)))];
  return Object.fromEntries(tables.map((table) => [table, parts.flatMap((part) => part[table] ?? [])]));
}

/** The rows that a look back of so many ms sees. */
export function within(rows: Rows, windowInMs: number): Rows {
  const isSeen = ({ TimeGenerated: at }: Row): boolean =>
    at instanceof Moment && at.ms > now - windowInMs && at.ms <= now;
  return Object.fromEntries(Object.entries(rows).map(([table, some]) => [table, some.filter(isSeen)]));
}
