import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import type { ReportView } from "../../shared/api/contract/generations.ts";
import { Code } from "../parts/copy-text.tsx";
import { toCountText, toNumberText } from "../parts/numbers.ts";
import { Section } from "../parts/section.tsx";
import { Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toDayText } from "../parts/times.ts";
import { toReasonText } from "../parts/words.ts";
import { texts } from "../texts.ts";
import { NoReport } from "./no-report.tsx";
import { useReport } from "./use-generation-report.ts";

/** What was found that is not as it should be, beside what failed. */
export function FindingsTab({ drop }: { readonly drop: DropView }): ReactNode {
  const report = useReport(drop);
  return (
    <Loaded resource={report}>
      {({ report: told, unreadable }) =>
        told === undefined ? <NoReport unreadable={unreadable} /> : <Told report={told} />
      }
    </Loaded>
  );
}

function Told({ report }: { readonly report: ReportView }): ReactNode {
  const { drop } = texts;
  return (
    <>
      <Section title={drop.findings}>
        <p>{drop.findingsLead}</p>
        <FoundTable findings={report.findings} />
      </Section>
      {report.blocked.length > 0 && (
        <Section title={drop.blocked}>
          <Table
            label={drop.blockedLabel}
            columns={blockedColumns}
            rows={report.blocked}
            keyOf={({ mailbox }) => mailbox}
          />
        </Section>
      )}
      <Section title={drop.misrouted}>
        <p>{drop.misroutedLead}</p>
        <Misrouted report={report} />
      </Section>
      {report.mappingNotes.length > 0 && (
        <Section title={drop.mappingNotes}>
          <Table
            label={drop.mappingNotesLabel}
            columns={noteColumns}
            rows={report.mappingNotes}
            keyOf={({ line }) => String(line)}
          />
        </Section>
      )}
    </>
  );
}

function FoundTable({ findings }: Pick<ReportView, "findings">): ReactNode {
  const rows = Object.entries(texts.drop.finding).flatMap(([name, text]) => {
    const items = Object.entries(findings).find(([finding]) => finding === name)?.[1] ?? 0;
    return items === 0 ? [] : [{ text, items }];
  });
  if (rows.length === 0) return <p>{texts.drop.noFindings}</p>;
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: texts.drop.findingName, cell: ({ text }) => text },
    { title: texts.drop.items, cell: ({ items }) => toNumberText(items), isNumber: true },
  ];
  return <Table label={texts.drop.findings} columns={columns} rows={rows} keyOf={({ text }) => text} />;
}

function Misrouted({ report }: { readonly report: ReportView }): ReactNode {
  const { misrouted, misroutedItems } = report;
  if (misrouted.length === 0) return <p>{texts.drop.noMisrouted}</p>;
  const toRowKey = ({ key, mailbox }: (typeof misrouted)[number]): string => `${key} ${mailbox}`;
  return (
    <>
      {misroutedItems > misrouted.length && <p>{texts.drop.misroutedMore(toCountText(misroutedItems, "item"))}</p>}
      <Table label={texts.drop.misroutedLabel} columns={misroutedColumns} rows={misrouted} keyOf={toRowKey} />
    </>
  );
}

const misroutedColumns: readonly Column<ReportView["misrouted"][number]>[] = [
  { title: texts.drop.itemKey, cell: ({ key }) => <Code>{key}</Code> },
  { title: texts.drop.mailbox, cell: ({ mailbox }) => <Code>{mailbox}</Code> },
  { title: texts.drop.chatDay, cell: ({ chatDay }) => toDayText(chatDay) },
  { title: texts.drop.since, cell: ({ generation }) => toNumberText(generation), isNumber: true },
  { title: texts.drop.reason, cell: ({ isInDoubt }) => (isInDoubt ? texts.drop.inDoubt : "") },
];

const noteColumns: readonly Column<ReportView["mappingNotes"][number]>[] = [
  { title: texts.drop.line, cell: ({ line }) => toNumberText(line) },
  {
    title: texts.drop.reason,
    cell: ({ reason, firstLine }) =>
      reason === "repeated" ? texts.drop.repeats(firstLine ?? 0) : texts.words.unmapped[reason],
  },
];

const blockedColumns: readonly Column<ReportView["blocked"][number]>[] = [
  { title: texts.drop.mailbox, cell: ({ mailbox }) => <Code>{mailbox}</Code> },
  { title: texts.drop.reason, cell: ({ reason }) => toReasonText(reason) },
  { title: texts.drop.items, cell: ({ items }) => toNumberText(items), isNumber: true },
];
