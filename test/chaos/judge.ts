import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listClosed } from "../../local/start/standings.ts";
import { listLedgerLines } from "../../shared/import/ledger.ts";
import { type DropReport, dropReport } from "../../shared/report/drop-report.ts";
import { readDocument } from "../../shared/store/state-document.ts";
import { chatFolder, compareMailboxes, type ExpectedMailboxes } from "../e2e/compare-mailboxes.ts";
import { type ExportedMailboxes, exportedMailboxes } from "../e2e/exported-mailboxes.ts";
import { pairItems } from "../e2e/pair-items.ts";
import type { ChaosSystem } from "./chaos-system.ts";
import { expectedOf, type Fed } from "./feeder.ts";

/** What a run came to. */
export interface Judgement {
  /** Items that must be in mailboxes, each once a mailbox. */
  readonly deliveries: number;
  /** Items that were in a mailbox without a receipt and were found there, and those that were not and were created again. */
  readonly found: number;
  readonly again: number;
  readonly lost: number;
  /** Messages beyond those. */
  readonly doubled: number;
  /** Whatever is not in the mailboxes as it must be, those two included. */
  readonly differences: readonly string[];
  readonly reports: number;
  /** Whatever is wrong with a report. */
  readonly unbalanced: readonly string[];
}

/** Compares the mailboxes with what was put in, and each report with its equation. */
export async function judge(system: ChaosSystem, fed: Fed): Promise<Judgement> {
  const path = join(system.folder, "mailboxes.json");
  await (await system.microsoft.current()).ask({ export: path });
  const exported = exportedMailboxes.parse(JSON.parse(await readFile(path, "utf8")));
  const expected = expectedOf(fed.days);
  const deliveries = [...expected.values()].reduce((sum, items) => sum + items.length, 0);
  const reports = await readReports(system);
  return {
    deliveries,
    ...(await countDoubts(system)),
    ...countWrong(expected, exported),
    differences: compareMailboxes(expected, exported),
    reports: reports.size,
    unbalanced: [...(await listWrongReports(system, reports)), ...checkSum(reports, deliveries)],
  };
}

function countWrong(expected: ExpectedMailboxes, exported: ExportedMailboxes): { lost: number; doubled: number } {
  const mailboxes = exportedMailboxes.parse(exported);
  let [lost, doubled] = [0, 0];
  for (const user of new Set([...expected.keys(), ...Object.keys(mailboxes)])) {
    const folders = mailboxes[user] ?? {};
    const { missing, extra } = pairItems(expected.get(user) ?? [], folders[chatFolder] ?? []);
    lost += missing.length;
    doubled += extra.length;
  }
  return { lost, doubled };
}

/** How often a kill or a fault struck between an intent and its receipt, and what came of it. */
async function countDoubts({ own }: ChaosSystem): Promise<{ found: number; again: number }> {
  const sum = { found: 0, again: 0 };
  for await (const { path } of own.blobs.list("ledger/")) {
    for await (const line of listLedgerLines(own.blobs, path)) {
      if (line.type === "R" && line.marks.includes("found")) sum.found += 1;
      if (line.type === "I" && line.flag === "again") sum.again += 1;
    }
  }
  return sum;
}

type Reports = ReadonlyMap<string, DropReport>;

async function readReports({ own }: ChaosSystem): Promise<Reports> {
  const reports = new Map<string, DropReport>();
  for await (const { path } of own.blobs.list("reports/drop/")) {
    const report = /\/\d+\.json$/.test(path) ? await readDocument(own.blobs, path, dropReport) : undefined;
    if (report !== undefined) reports.set(`${report.value.drop}/${report.value.gen}`, report.value);
  }
  return reports;
}

async function listWrongReports(system: ChaosSystem, reports: Reports): Promise<string[]> {
  const wrong = [...reports].flatMap(([name, report]) => checkReport(report).map((what) => `${name}: ${what}`));
  for (const { id, gen } of (await listClosed(system.own.blobs)).values()) {
    for (let past = 1; past <= gen; past += 1) {
      if (!reports.has(`${id}/${past}`)) wrong.push(`${id}/${past}: there is no report`);
    }
  }
  return wrong;
}

function checkReport({ equation, isBalanced, imbalances, findings, files }: DropReport): string[] {
  const { available, imported, partial, skipped, failed } = equation;
  const { missing, moved, double, unrecorded } = findings;
  const rejected = files.filter(({ state }) => state !== "verified" && state !== "duplicate");
  const checks: [isWrong: boolean, what: string][] = [
    [!isBalanced, imbalances.join("; ")],
    [available !== imported + partial + skipped + failed, `its equation does not hold: ${JSON.stringify(equation)}`],
    [failed > 0, `${failed} failed`],
    [missing + moved + double + unrecorded > 0, `it found ${JSON.stringify(findings)}`],
    [rejected.length > 0, `${rejected.length} files are not verified: ${rejected[0]?.reason?.code}`],
  ];
  return checks.flatMap(([isWrong, what]) => (isWrong ? [what] : []));
}

/** Whoever brought an item first counts it as imported, everybody else as skipped. */
function checkSum(reports: Reports, deliveries: number): string[] {
  const told = [...reports.values()].reduce((sum, { equation }) => sum + equation.imported + equation.partial, 0);
  return told === deliveries ? [] : [`all reports together tell of ${told} items put in, instead of ${deliveries}`];
}
