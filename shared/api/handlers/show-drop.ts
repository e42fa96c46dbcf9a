import { dropParts } from "../../chat/identifiers.ts";
import type { WholeDrop } from "../../pipeline/closed-generations.ts";
import { toBars, toClosedBars } from "../../pipeline/drop-bars.ts";
import type { DropNow } from "../../pipeline/drop-board.ts";
import { stateOf, toPace } from "../../pipeline/drop-pace.ts";
import type { DropState } from "../../pipeline/drop-state.ts";
import { hasReached } from "../../pipeline/drop-state.ts";
import { toWaiting, type Waiting } from "../../pipeline/drop-waits.ts";
import { countScope, type GenerationSummary, toScopeType } from "../../pipeline/generation-summary.ts";
import type { GenerationFacts } from "../../pipeline/generation-watch.ts";
import type { ListedGeneration } from "../../pipeline/list-generations.ts";
import type { DropRow, DropView, GenerationEntry } from "../contract/drops.ts";

/** An instant as it is sent. */
export function toInstant(at: number): string {
  return new Date(at).toISOString();
}

/** An instant where there is one. */
export function atIf<Name extends string>(name: Name, at: number | undefined): { [K in Name]?: string } {
  return at === undefined ? {} : toField(name, toInstant(at));
}

function toField<Name extends string>(name: Name, value: string): { [K in Name]?: string };
function toField(name: string, value: string): object {
  return { [name]: value };
}

/** A drop as a list shows it. */
export function toDropRow(now: DropNow): DropRow {
  if (now.status === "unreadable") return toUnreadableRow(now);
  const { drop } = now;
  const row = toRecordRow(drop);
  if (now.status === "unreported") {
    const { problem } = now.unreadable;
    return { ...row, needs: [{ kind: "unreadable", count: 1, remedy: "look" }], problem };
  }
  return { ...row, ...toSummaryFields(now.summary), ...toWholeField(now.whole), needs: [...now.needs] };
}

function toWholeField(whole: WholeDrop | undefined): Pick<DropRow, "whole"> {
  if (whole === undefined) return {};
  const { summary, stillFailed } = whole;
  const { mailboxes, ...figures } = toSummaryFields(summary);
  return {
    whole: {
      ...{ ...figures, generation: summary.gen, items: summary.items, stillFailed },
      ...(mailboxes === undefined ? {} : { mailboxes: mailboxes.total }),
    },
  };
}

function toScopeFields(scope: DropState["scope"]): Pick<DropRow, "scope" | "scopeCount"> {
  const scopeCount = countScope(scope);
  return { scope: toScopeType(scope), ...(scopeCount === undefined ? {} : { scopeCount }) };
}

/** Of a drop whose record cannot be read its name tells the rest. */
function toUnreadableRow({ id, unreadable }: DropNow & { readonly status: "unreadable" }): DropRow {
  const { connector, siteDay, seq } = dropParts(id);
  const needs: DropRow["needs"] = [{ kind: "unreadable", count: 1, remedy: "look" }];
  const state = "unreadable" as const;
  return {
    ...{ drop: id, connector, siteDay, seq, state, needs },
    isHeld: false,
    isCleaned: false,
    problem: unreadable.problem,
  };
}

function toRecordRow(drop: DropState): Omit<DropRow, "needs"> {
  const { id, connector, siteDay, seq, state, gen, scope, gate } = drop;
  return {
    ...{ drop: id, connector, siteDay, seq, state },
    generation: gen,
    ...toScopeFields(scope),
    openedAt: toInstant(drop.openedAt),
    movedAt: toInstant(drop.movedAt),
    ...atIf("closedAt", drop.closedAt),
    files: drop.files.length,
    items: drop.items,
    ...(gate === undefined ? {} : { gate }),
    isHeld: state === "held",
    isCleaned: drop.isCleaned,
  };
}

type SummaryField = "items" | "mailboxes" | "equation" | "isBalanced" | "unmappedItems";

function toSummaryFields({
  items,
  mailboxes,
  equation,
  isBalanced,
  unmappedItems,
}: GenerationSummary): Partial<Pick<DropRow, SummaryField>> {
  return {
    items,
    ...(mailboxes === undefined ? {} : { mailboxes: { total: mailboxes.total, ended: mailboxes.ended } }),
    ...(equation === undefined ? {} : { equation }),
    ...(isBalanced === undefined ? {} : { isBalanced }),
    ...(unmappedItems === undefined ? {} : { unmappedItems }),
  };
}

const noFiles = { listed: 0, fetched: 0, verified: 0, rejected: 0, duplicate: 0, incomplete: 0 };
const noMailboxes = { pending: 0, running: 0, waiting: 0, done: 0, blocked: 0 };
const nothing = { release: false, reprocess: false, restart: false, redrive: false };

/** A drop as its page shows it. @param clocks of this process, and of storage, whose times the runs' are */
export function toDropView(
  now: DropNow,
  generations: readonly ListedGeneration[],
  clocks: { readonly now: number; readonly storage: number },
): DropView {
  const row = toDropRow(now);
  const common = { imbalances: [], bars: [], waiting: [], fileStates: noFiles, mailboxStates: noMailboxes };
  const told = { generations: generations.map(toGenerationEntry), actions: nothing };
  if (now.status === "unreadable" || now.status === "unreported") {
    const isClosed = now.status === "unreported";
    const actions = { ...nothing, reprocess: isClosed };
    const asOf = toInstant(clocks.now);
    return { ...row, ...common, ...told, asOf, actions, unreadable: [now.unreadable] };
  }
  const { drop, summary } = now;
  const shared = {
    ...{ ...row, ...common, ...told, feed: drop.feed, asOf: toInstant(now.asOf) },
    ...(drop.releasedBy === undefined ? {} : { releasedBy: drop.releasedBy }),
    ...(summary.outOfScopeItems === undefined ? {} : { outOfScopeItems: summary.outOfScopeItems }),
    imbalances: [...summary.imbalances],
    fileStates: summary.fileStates,
    unreadable: [],
  };
  return now.status === "closed"
    ? { ...shared, ...toClosedFields(drop, summary) }
    : { ...shared, ...toRunningFields(now.facts, clocks) };
}

function toClosedFields(drop: DropState, summary: GenerationSummary) {
  const { total = 0, blocked = 0 } = summary.mailboxes ?? {};
  return {
    bars: toClosedBars(drop, summary),
    mailboxStates: { ...noMailboxes, done: total - blocked, blocked },
    actions: { ...nothing, reprocess: true },
  };
}

/** Unreadable records told of one by one. */
const unreadableTold = 20;

function toRunningFields(facts: GenerationFacts, { storage }: { readonly storage: number }) {
  const { drop, runs, dead, unreadable } = facts;
  const mailboxStates = { ...noMailboxes };
  for (const run of runs) {
    const state = stateOf(run, storage);
    if (state !== "unreadable") mailboxStates[state] += 1;
  }
  const canRestart = hasReached(drop.state, "released");
  return {
    bars: toBars(facts),
    ...(drop.state === "importing" ? { pace: toPace(runs, storage) } : {}),
    waiting: toWaiting(facts, storage).map(toWaitingEntry),
    mailboxStates,
    unreadable: unreadable.slice(0, unreadableTold),
    actions: { ...nothing, release: drop.state === "held", restart: canRestart, redrive: dead.length > 0 },
  };
}

function toWaitingEntry({ nextAt, lastAt, ...rest }: Waiting): DropView["waiting"][number] {
  return { ...rest, ...atIf("nextAt", nextAt), ...atIf("lastAt", lastAt) };
}

function toGenerationEntry({ gen, status, summary }: ListedGeneration): GenerationEntry {
  if (summary === undefined) return { generation: gen, status };
  const { mailboxes: _mailboxes, ...fields } = toSummaryFields(summary);
  return {
    generation: gen,
    status,
    ...toScopeFields(summary.scope),
    ...fields,
    ...atIf("closedAt", summary.closedAt),
  };
}
