import { posix } from "node:path";
import { dropParts } from "../../shared/chat/identifiers.ts";
import type { DropState } from "../../shared/pipeline/drop-state.ts";
import type { FileState } from "../../shared/pipeline/file-state.ts";
import type { DropReport } from "../../shared/report/drop-report.ts";

const named = 8;

/** A drop's summary for the terminal: the equation, what is unmapped, what failed, what the files came to. */
export function toSummary(report: DropReport, hasKey: boolean): string[] {
  const { drop, gen, equation, items, mailboxes, isBalanced, imbalances } = report;
  const { available, imported, partial, skipped, failed } = equation;
  return [
    "",
    `Drop ${drop}${gen === 1 ? "" : `, generation ${gen}`}: ${count(items, "item")} from ${count(report.files, "file")} for ${count(mailboxes, "mailbox")}`,
    "",
    `  available ${available} = imported ${imported} + partial ${partial} + skipped ${skipped} + failed ${failed}`,
    "",
    ...(isBalanced ? [] : imbalances.map((line) => `! numbers do not agree: ${line}`)),
    ...toUnmapped(report),
    ...toTrouble(report),
    ...report.files.flatMap((file) => toFileLines(file, hasKey)),
  ];
}

/** What is said of a drop that the gate holds. */
export function toHeld(
  { id, items, gate }: DropState,
  files: readonly FileState[],
  { hasKey, page }: { readonly hasKey: boolean; readonly page: string | undefined },
): string[] {
  const { siteDayItems = items, limit = 0 } = gate ?? {};
  return [
    "",
    `! drop ${id} is held at the gate: ${siteDayItems} items on ${dropParts(id).siteDay}, and the limit is ${limit}. Nothing of it is imported.`,
    ...(page === undefined ? [] : [`  If the number is right, open ${page}drops/${id} and press Release.`]),
    `  ${page === undefined ? "If the number is right, start" : "Or start"} again with --limit ${siteDayItems} (or 0 for no limit): that lets it go.`,
    ...files.flatMap((file) => toFileLines(file, hasKey)),
  ];
}

/** Why somebody has no mailbox, in words. */
const unmappedTexts: Readonly<Record<DropReport["unmappedPeople"][number]["reason"], string>> = {
  "no-address": "not in the mapping, and the file has no address",
  "not-an-address": "not in the mapping, and the file's address is none",
  "unknown-user": "no user of the directory",
  ambiguous: "several users of the directory",
  "no-mailbox": "a user without a mailbox",
  "mapping-names-no-mailbox": "the mapping names no valid mailbox",
  "automatic-mapping-off": "not in the mapping",
  "not-on-list": "not on the list of those to archive",
};

function toUnmapped({ unmappedItems, unmappedPeople }: DropReport): string[] {
  const reasons = Object.entries(Object.groupBy(unmappedPeople, ({ reason }) => unmappedTexts[reason]));
  const why = reasons.map(([reason, people = []]) => `${people.length} ${reason}`).join("; ");
  // Whose ImId is an e-mail address may stand in the files with it and without.
  const who = new Set(
    unmappedPeople.map(
      ({ participant: { imId, email, displayName }, reason }) =>
        `    ${imId ?? email ?? displayName ?? "?"} (${unmappedTexts[reason]})`,
    ),
  );
  const more = who.size > named ? [`    ... and ${who.size - named} more`] : [];
  return [
    `  unmapped: ${unmappedItems} items that no mailbox gets; ${unmappedPeople.length} people without a mailbox${why === "" ? "" : `: ${why}`}`,
    ...[...who].slice(0, named),
    ...more,
    "",
  ];
}

const findingTexts: Readonly<Record<keyof DropReport["findings"], string>> = {
  degraded: "imported without a part that Graph refused",
  deviating: "not stored as sent",
  missing: "recorded as imported, but not found in the mailbox",
  moved: "found in another folder",
  double: "found twice",
  unrecorded: "found in the folder, but not recorded as imported",
  unchecked: "could not be read back",
};

/** Why a mailbox took nothing more, and what mends it. */
const blockedTexts: Readonly<Record<string, string>> = {
  "no-mailbox": "Graph finds no mailbox of this user (404). Give the user one, or another one in the mapping",
  "access-denied": "Graph refuses the app this mailbox (403). Give the app access to it (RBAC for Applications)",
  "quota-exceeded": "the mailbox is full. Make room in it",
};

function toTrouble({ blocked, failures, equation, findings }: DropReport): string[] {
  const single = failures.filter(({ reason }) => !reason.startsWith("blocked:"));
  const blockedItems = blocked.reduce((sum, { items }) => sum + items, 0);
  const lines = [
    ...blocked.map(
      ({ mailbox, reason, items }) =>
        `! mailbox ${mailbox}: ${count(items, "item")} not imported: ${blockedTexts[reason] ?? reason}; then start again`,
    ),
    ...single
      .slice(0, named)
      .map(({ mailbox, source, reason }) => `! failed: item ${source} for ${mailbox}: ${reason}`),
  ];
  const more = equation.failed - blockedItems - Math.min(single.length, named);
  if (more > 0) lines.push(`! ... and ${more} more failed items`);
  if (single.length > 0) lines.push("  What failed is tried again when the drop is processed once more: start again.");
  for (const [finding, text] of Object.entries(findingTexts)) {
    const items = Object.entries(findings).find(([name]) => name === finding)?.[1] ?? 0;
    if (items > 0) lines.push(`- ${items} items ${text}`);
  }
  return lines;
}

const stateTexts: Readonly<Record<FileState["state"], string>> = {
  listed: "was not fetched",
  fetched: "was not verified",
  verified: "is taken",
  rejected: "is rejected",
  duplicate: "is a duplicate",
  incomplete: "is incomplete",
};

/** Where the reader has what the message calls the connector's settings. */
function toHint(code: string | undefined, hasKey: boolean): string {
  if (code === "still-encrypted" && !hasKey) return " (Here: start again with --pgp-key FILE.)";
  if (code === "not-encrypted") return " (Here: for plain files start without --pgp-key.)";
  if (code !== "wrong-key") return "";
  return " (Here: start again with the key that fits as --pgp-key FILE; what was put aside is then taken up again.)";
}

function toFileLines(file: Pick<FileState, "path" | "state" | "reason" | "unclaimed">, hasKey: boolean): string[] {
  const { path, state, reason, unclaimed } = file;
  const name = posix.basename(path);
  const lines = unclaimed > 0 ? [`- file ${name} has ${unclaimed} files beside its chats that no item names`] : [];
  if (state === "verified") return lines;
  return [
    `${state === "duplicate" ? "-" : "!"} file ${name} ${stateTexts[state]}: ${reason?.message ?? "no reason known"}${toHint(reason?.code, hasKey)}`,
    ...lines,
  ];
}

function count(things: number | readonly unknown[], name: string): string {
  const number = typeof things === "number" ? things : things.length;
  return `${number} ${name}${number === 1 ? "" : name.endsWith("x") ? "es" : "s"}`;
}
