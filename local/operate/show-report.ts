import { readDrop } from "../../shared/pipeline/drop-book.ts";
import { openTable } from "../../shared/pipeline/open-table.ts";
import { type ReportNow, readReport } from "../../shared/pipeline/read-report.ts";
import type { CsvKind } from "../../shared/pipeline/report-csv.ts";
import type { ReportBody } from "../../shared/report/drop-report.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import type { Command } from "./command.ts";
import { Refused } from "./refused.ts";
import { toCount, toDeadLine, toEquation, toTime } from "./text.ts";

/** A drop's report as it was asked for, piece by piece. @throws Refused when there is none */
export async function* showReport(
  blobs: Blobs,
  { drop, gen, form }: Extract<Command, { name: "report" }>,
): AsyncGenerator<string | Buffer> {
  const now = await readReport({ blobs, clock: systemClock }, drop, gen);
  if (now === undefined) throw new Refused(await toWhyNot(blobs, drop, gen));
  if (form === "json") yield `${JSON.stringify(now, undefined, 2)}\n`;
  else if (form === "text")
    yield toLines(now)
      .map((line) => `${line}\n`)
      .join("");
  else yield* showCsv(blobs, now, form);
}

async function toWhyNot(blobs: Blobs, id: Parameters<typeof readDrop>[1], gen: number | undefined): Promise<string> {
  const drop = await readDrop(blobs, id);
  if (drop === undefined) return `There is no drop ${id}.`;
  return `Drop ${id} has no report of generation ${gen}: it was given up before it was closed, or never begun.`;
}

/** Of a closed drop as it was written then, of a running one as it is now. */
async function* showCsv(blobs: Blobs, { report }: ReportNow, kind: CsvKind): AsyncGenerator<Buffer> {
  const table = await openTable(blobs, report, kind);
  if (table === undefined)
    throw new Refused(`The table ${kind} of ${report.drop}, generation ${report.gen}, is not there.`);
  yield* table;
}

const namedAtMost = 20;

function toLines(now: ReportNow): string[] {
  const { report } = now;
  const { drop, gen, items, mailboxes, isBalanced, imbalances } = report;
  const when = now.status === "closed" ? `closed ${toTime(now.report.closedAt)}` : `${now.state}, ${toTime(now.asOf)}`;
  return [
    `Drop ${drop}, generation ${gen}: ${when}`,
    `  ${toCount(items, "item")} from ${toCount(report.files.length, "file")} for ${toCount(mailboxes, "mailbox", "mailboxes")}`,
    `  ${toEquation(report)}`,
    ...(isBalanced ? [] : imbalances.map((text) => `! numbers do not agree: ${text}`)),
    ...toPeopleLines(report),
    ...toMailboxLines(report),
    ...toFileLines(report),
    ...named(report.dead.map((one) => `! ${toDeadLine(one)}`)),
    ...named(report.recovered.map((one) => `- done since: ${toDeadLine(one)}`)),
  ];
}

function toPeopleLines({ unmappedItems, unmappedPeople, mappingNotes }: ReportBody): string[] {
  const who = unmappedPeople.map(
    ({ participant: { imId, email, displayName }, reason, items }) =>
      `    ${imId ?? email ?? displayName ?? "?"}: ${reason}, ${toCount(items, "item")}`,
  );
  const notes = mappingNotes.map(
    ({ line, reason, firstLine }) =>
      `    line ${line}: ${reason}${firstLine === undefined ? "" : ` of line ${firstLine}`}`,
  );
  return [
    `  unmapped: ${toCount(unmappedItems, "item")} for nobody; ${toCount(unmappedPeople.length, "person", "people")} without a mailbox`,
    ...named(who),
    ...(notes.length === 0 ? [] : ["  lines of the mapping to mend:", ...named(notes)]),
  ];
}

function toMailboxLines({ blocked, failures, findings, misroutedItems, equation }: ReportBody): string[] {
  const found = Object.entries(findings).filter(([, items]) => items > 0);
  const single = failures.filter(({ reason }) => !reason.startsWith("blocked:"));
  return [
    ...named(
      blocked.map(({ mailbox, reason, items }) => `! mailbox ${mailbox}: ${reason}, ${toCount(items, "item")} not in`),
    ),
    ...named(single.map(({ mailbox, key, reason }) => `! item ${key} for mailbox ${mailbox}: ${reason}`)),
    ...(equation.failed > 0 ? ["  all failed items: --csv failures"] : []),
    ...found.map(([finding, items]) => `- ${toCount(items, "item")} ${finding}`),
    ...(misroutedItems > 0
      ? [`! ${toCount(misroutedItems, "item")} in mailboxes that the mapping no longer names: --csv misrouted`]
      : []),
  ];
}

function toFileLines({ files }: ReportBody): string[] {
  const others = files.filter(({ state }) => state !== "verified");
  return named(
    others.map(
      ({ id, path, state, reason }) =>
        `- file ${id} ${path}: ${state}${reason === undefined ? "" : `, ${reason.message}`}`,
    ),
  );
}

function named(lines: readonly string[]): string[] {
  const more = lines.length - namedAtMost;
  return more > 0 ? [...lines.slice(0, namedAtMost), `    ... and ${more} more`] : [...lines];
}
