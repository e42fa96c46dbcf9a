import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import type { ReportView } from "../../shared/api/contract/generations.ts";
import { CopyText } from "../parts/copy-text.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { SelectableTable } from "../parts/selectable-table.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import type { Column } from "../parts/table.tsx";
import { toReasonText } from "../parts/words.ts";
import { texts } from "../texts.ts";
import { NoReport } from "./no-report.tsx";
import { ReprocessSelected, useMayReprocess } from "./reprocess.tsx";
import { FileStateBadge } from "./state-badge.tsx";
import { useReport } from "./use-generation-report.ts";

type File = ReportView["files"][number];

/** The drop's files: what came of each, and why. */
export function FilesTab({ drop, changed }: { readonly drop: DropView; readonly changed: () => void }): ReactNode {
  const mayReprocess = useMayReprocess(drop);
  const report = useReport(drop);
  return (
    <Loaded resource={report}>
      {({ report: told, unreadable }) => {
        if (told === undefined) return <NoReport unreadable={unreadable} />;
        if (told.files.length === 0) return <Empty title={texts.drop.noFiles} />;
        return (
          <SelectableTable
            label={texts.drop.filesLabel}
            columns={columns}
            rows={told.files}
            keyOf={({ id }) => id}
            nameOf={({ path }) => path}
            actions={
              mayReprocess
                ? (files, clear) => (
                    <ReprocessSelected
                      drop={drop}
                      scope={{ type: "files", files: [...files] }}
                      changed={changed}
                      done={clear}
                    />
                  )
                : undefined
            }
          />
        );
      }}
    </Loaded>
  );
}

const columns: readonly Column<File>[] = [
  { title: texts.drop.file, cell: ({ path }) => path },
  { title: texts.drop.fileState, cell: ({ state }) => <FileStateBadge state={state} /> },
  { title: texts.drop.items, cell: ({ items }) => toNumberText(items), isNumber: true },
  { title: texts.drop.fileReason, cell: toReason },
  {
    title: texts.drop.checksum,
    cell: ({ checksum }) => (checksum === undefined ? "" : texts.drop.checksums[checksum]),
  },
  { title: texts.drop.fileId, cell: ({ id }) => <CopyText text={id} what={texts.drop.fileId} /> },
];

function toReason({ reason }: File): string {
  if (reason === undefined) return "";
  const where = reason.offset === undefined ? "" : ` (${texts.drop.offset(toNumberText(reason.offset))})`;
  return `${reason.message === "" ? toReasonText(reason.code) : reason.message}${where}`;
}
