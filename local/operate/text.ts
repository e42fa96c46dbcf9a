import type { DeadEntry, ReportBody } from "../../shared/report/drop-report.ts";

/** The equation in one line; what is open only while something is. */
export function toEquation({ equation, open }: Pick<ReportBody, "equation" | "open">): string {
  const { available, imported, partial, skipped, failed } = equation;
  const rest = open === 0 ? "" : ` + open ${open}`;
  return `available ${available} = imported ${imported} + partial ${partial} + skipped ${skipped} + failed ${failed}${rest}`;
}

/** A number of things. */
export function toCount(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Dead work in one line. */
export function toDeadLine({ queue, work, deaths, lastAt, reason, redrivenAt }: DeadEntry): string {
  const times = toCount(deaths, "time");
  const again = redrivenAt === undefined ? "" : `, sent again ${toTime(redrivenAt)}`;
  return `${queue}: ${work}, given up ${times}, last ${toTime(lastAt)}${again}: ${reason ?? "its process ended each time"}`;
}

/** To the second, UTC. */
export function toTime(at: number | undefined): string {
  return at === undefined ? "?" : `${new Date(at).toISOString().slice(0, 19)}Z`;
}
