import type { DropScope } from "../chat/drop-scope.ts";
import { total } from "../import/tally.ts";
import { type DropReport, type Equation, toRunningImbalances } from "../report/drop-report.ts";
import { toChecksumOutcome } from "./compare-checksums.ts";
import { type BlockedMailbox, type Need, type Shortfall, toNeed, toShortfallNeeds } from "./drop-needs.ts";
import type { DropState } from "./drop-state.ts";
import { hasReached } from "./drop-state.ts";
import type { FileState } from "./file-state.ts";
import { listChatFiles, sumItems } from "./gate.ts";
import type { GenerationFacts, WatchedRun } from "./generation-watch.ts";

/** The equation with what is not decided yet. */
export type OpenEquation = Equation & { readonly open: number };

/** How many files are in each state. */
export type FileStates = Readonly<Record<FileState["state"], number>>;

/** A generation in short: what a list shows of it. */
export interface GenerationSummary {
  readonly gen: number;
  readonly scope?: DropScope;
  readonly closedAt?: number;
  readonly files: number;
  readonly fileStates: FileStates;
  readonly items: number;
  /** Undefined where not all was read that it is made of. */
  readonly equation?: OpenEquation;
  readonly isBalanced?: boolean;
  readonly imbalances: readonly string[];
  readonly unmappedItems?: number;
  readonly outOfScopeItems?: number;
  readonly mailboxes?: { readonly total: number; readonly ended: number; readonly blocked: number };
  readonly needs: readonly Need[];
  readonly shortfall: Shortfall;
}

/** Of a generation that is closed: follows from its report, which never changes. */
export function toClosedSummary(report: DropReport): GenerationSummary {
  const { gen, scope, closedAt, files, items, equation, open, isBalanced, imbalances } = report;
  const { unmappedItems, outOfScopeItems, mailboxes, blocked } = report;
  const isOfBlocked = ({ reason }: DropReport["failures"][number]): boolean => reason.startsWith("blocked:");
  const failures = report.failures.filter((one) => !isOfBlocked(one));
  const shortfall = { failed: equation.failed, blocked, failures };
  return {
    ...{ gen, closedAt, items, isBalanced, imbalances, unmappedItems, outOfScopeItems, shortfall },
    ...(scope === undefined ? {} : { scope }),
    files: files.length,
    fileStates: countStates(files),
    equation: { ...equation, open },
    mailboxes: { total: mailboxes, ended: mailboxes, blocked: blocked.length },
    needs: [
      ...toNeed("unbalanced", imbalances.length, imbalances),
      ...toNeed(
        "dead",
        report.dead.length,
        report.dead.map(({ reason }) => reason),
      ),
      ...toShortfallNeeds(shortfall),
      ...toFileNeeds(files),
      ...toNeed("misrouted", report.misroutedItems),
      ...toNeed("verify", report.findings.missing + report.findings.double + report.findings.unrecorded),
      ...toNeed(
        "mapping",
        report.mappingNotes.length,
        report.mappingNotes.map(({ reason }) => reason),
      ),
    ],
  };
}

/** Of one that is running: what is known by now. */
export function toRunningSummary(facts: GenerationFacts): GenerationSummary {
  const { drop, files, mapped, settled, promised, isWhole, runs, unreadable, dead } = facts;
  const { gen, scope, state } = drop;
  const open = promised - total(settled);
  const equation = { available: mapped.deliveries, ...settled };
  const imbalances = isWhole ? toRunningImbalances({ equation, open, promised }) : [];
  const blocked = runs.flatMap(toBlocked);
  const shortfall = { failed: settled.failed, blocked, failures: [] };
  return {
    ...{ gen, shortfall, imbalances },
    ...(scope === undefined ? {} : { scope }),
    files: drop.files.length,
    fileStates: countStates(files),
    items: hasReached(state, "counted") ? drop.items : sumItems(listChatFiles(drop, files)),
    ...(isWhole ? { equation: { ...equation, open }, isBalanced: imbalances.length === 0 } : {}),
    ...(isWhole ? { unmappedItems: mapped.unmappedItems, outOfScopeItems: mapped.outOfScopeItems } : {}),
    ...(hasReached(state, "gathered")
      ? {
          mailboxes: {
            total: facts.mailboxes,
            ended: runs.filter(({ hasEnded }) => hasEnded).length,
            blocked: blocked.length,
          },
        }
      : {}),
    needs: [
      ...(state === "held" ? toNeed("held", drop.items) : []),
      ...toNeed("unreadable", unreadable.length),
      ...toNeed("unbalanced", imbalances.length, imbalances),
      ...toNeed(
        "dead",
        dead.length,
        dead.map(({ reason }) => reason?.message ?? reason?.error),
      ),
      ...toShortfallNeeds(shortfall),
      ...toFileNeeds(files.map((file) => ({ ...file, checksum: toChecksumOutcome(file.checksums) }))),
    ],
  };
}

function toBlocked({ run, mailbox, settled }: WatchedRun): BlockedMailbox[] {
  return run?.state === "blocked" ? [{ mailbox, reason: run.reason ?? "unknown", items: settled.failed }] : [];
}

interface ShownFile {
  readonly state: FileState["state"];
  readonly reason?: { readonly code: string } | undefined;
  readonly checksum?: string | undefined;
}

function toFileNeeds(files: readonly ShownFile[]): Need[] {
  const rejected = files.filter(({ state }) => state === "rejected");
  const mismatched = files.filter(({ state, checksum }) => state !== "rejected" && checksum === "mismatched");
  return [
    ...toNeed(
      "rejected-files",
      rejected.length,
      rejected.map(({ reason }) => reason?.code),
    ),
    ...toNeed("mismatched-files", mismatched.length),
  ];
}

function countStates(files: readonly { readonly state: FileState["state"] }[]): FileStates {
  const states = { listed: 0, fetched: 0, verified: 0, rejected: 0, duplicate: 0, incomplete: 0 };
  for (const { state } of files) states[state] += 1;
  return states;
}

/** The scope of a drop in one word. */
export function toScopeType(scope: DropState["scope"]): "drop" | "files" | "mailboxes" | "items" {
  return scope?.type ?? "drop";
}

/** How many files, mailboxes or items a scope names; undefined of the whole drop. */
export function countScope(scope: DropState["scope"]): number | undefined {
  if (scope === undefined) return undefined;
  return scope.type === "items" ? scope.keys.length : (scope.type === "files" ? scope.files : scope.mailboxes).length;
}
