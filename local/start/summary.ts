import type { DropReport } from "../../shared/report/drop-report.ts";

const named = 8;

/** A drop's summary for the terminal: the equation, what is unmapped, what failed, what the files came to. */
export function toSummary(report: DropReport): string[] {
  const { drop, gen, equation, items, mailboxes, isBalanced, imbalances } = report;
  const { available, imported, partial, skipped, failed } = equation;
  return [
    "",
    `Drop ${drop}${gen === 1 ? "" : `, generation ${gen}`}: ${items} items from ${report.files.length} files for ${mailboxes} mailboxes`,
    "",
    `  available ${available} = imported ${imported} + partial ${partial} + skipped ${skipped} + failed ${failed}`,
    "",
    ...(isBalanced ? [] : imbalances.map((line) => `! numbers do not agree: ${line}`)),
    ...toUnmapped(report),
    ...toTrouble(report),
  ];
}

function toUnmapped({ unmappedItems, unmappedPeople }: DropReport): string[] {
  const reasons = new Map<string, number>();
  for (const { reason } of unmappedPeople) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const why = [...reasons].map(([reason, people]) => `${people} ${reason}`).join(", ");
  const who = unmappedPeople
    .slice(0, named)
    .map(
      ({ participant: { imId, email, displayName }, reason }) =>
        `    ${imId ?? email ?? displayName ?? "?"} (${reason})`,
    );
  const more = unmappedPeople.length > named ? [`    ... and ${unmappedPeople.length - named} more`] : [];
  return [
    `  unmapped: ${unmappedItems} items that nobody here gets; ${unmappedPeople.length} people without a mailbox${why === "" ? "" : `: ${why}`}`,
    ...who,
    ...more,
    "",
  ];
}

function toTrouble({ blocked, failures, findings, files }: DropReport): string[] {
  const lines = [
    ...blocked.map(
      ({ mailbox, reason, items }) => `! mailbox ${mailbox} is blocked (${reason}): ${items} items wait for it`,
    ),
    ...failures
      .slice(0, named)
      .map(({ mailbox, source, reason }) => `! failed: item ${source} for ${mailbox}: ${reason}`),
  ];
  if (failures.length > named) lines.push(`! ... and ${failures.length - named} more failed items`);
  for (const [finding, items] of Object.entries(findings)) if (items > 0) lines.push(`- ${finding}: ${items} items`);
  for (const { path, state, reason, unclaimed } of files) {
    if (state !== "verified")
      lines.push(
        `${state === "duplicate" ? "-" : "!"} file ${path} is ${state}: ${reason?.message ?? "no reason known"}`,
      );
    if (unclaimed > 0) lines.push(`- file ${path} has ${unclaimed} files beside its chats that no item names`);
  }
  return lines;
}
