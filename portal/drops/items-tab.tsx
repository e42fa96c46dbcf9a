import { Button } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import type { ItemRow } from "../../shared/api/contract/generations.ts";
import { useAddressValue } from "../frame/router.tsx";
import { Code } from "../parts/copy-text.tsx";
import { ChoiceFilter, Filters } from "../parts/filters.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { Pager, useCursor } from "../parts/pager.tsx";
import { SelectableTable } from "../parts/selectable-table.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import type { Column } from "../parts/table.tsx";
import { toDayText } from "../parts/times.ts";
import { toFailureText, toReasonText } from "../parts/words.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { useGeneration } from "./generation-choice.tsx";
import { ReprocessSelected, useMayReprocess } from "./reprocess.tsx";
import { OutcomeBadge } from "./state-badge.tsx";
import { UnreadableRecords } from "./trouble.tsx";

const outcomes = ["imported", "partial", "skipped", "failed", "open", "unmapped", "out-of-scope"] as const;

/** Each item and what became of it in each mailbox; no word of the chat. */
export function ItemsTab({ drop, changed }: { readonly drop: DropView; readonly changed: () => void }): ReactNode {
  const mayReprocess = useMayReprocess(drop);
  const [asked] = useAddressValue("outcome");
  const outcome = outcomes.find((one) => one === asked);
  const [mailbox, setMailbox] = useAddressValue("mailbox", "query", ["cursor"]);
  const [file, setFile] = useAddressValue("file", "query", ["cursor"]);
  const params = { drop: drop.drop, gen: useGeneration(drop) };
  const query = { cursor: useCursor(), outcome, mailbox: mailbox || undefined, file: file || undefined };
  const items = useResource("listItems", { params, query }, { keepsLast: true });
  return (
    <>
      <Filters label={texts.parts.filters}>
        <ChoiceFilter
          name="outcome"
          label={texts.drop.outcome}
          choices={[["", texts.drop.allOutcomes], ...outcomes.map((one) => [one, texts.words.outcome[one]] as const)]}
        />
        {mailbox !== "" && <Only text={texts.drop.onlyMailbox(mailbox)} clear={() => setMailbox("")} />}
        {file !== "" && <Only text={texts.drop.onlyFile(file)} clear={() => setFile("")} />}
      </Filters>
      <Loaded resource={items}>
        {(page) => (
          <>
            <UnreadableRecords records={page.unreadable} />
            {page.items.length === 0 ? (
              <Empty title={texts.drop.noItems} />
            ) : (
              <SelectableTable
                label={texts.drop.itemsLabel}
                columns={columns}
                rows={page.items}
                keyOf={toRowKey}
                nameOf={({ key }) => key}
                actions={
                  mayReprocess
                    ? (rows, clear) => (
                        <ReprocessSelected
                          drop={drop}
                          scope={{
                            type: "items",
                            keys: [
                              ...new Set(page.items.filter((row) => rows.has(toRowKey(row))).map(({ key }) => key)),
                            ],
                          }}
                          changed={changed}
                          done={clear}
                        />
                      )
                    : undefined
                }
              />
            )}
            <Pager next={page.next} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** A filter that another page has set, and the way out of it. */
function Only({ text, clear }: { readonly text: string; readonly clear: () => void }): ReactNode {
  return (
    <div>
      {text}{" "}
      <Button size="small" onClick={clear} aria-label={`${texts.drop.showAll}: ${text}`}>
        {texts.drop.showAll}
      </Button>
    </div>
  );
}

function toRowKey({ key, file, position, mailbox }: ItemRow): string {
  return `${key} ${file} ${position} ${mailbox ?? ""}`;
}

const columns: readonly Column<ItemRow>[] = [
  { title: texts.drop.itemKey, cell: ({ key }) => <Code>{key}</Code> },
  { title: texts.drop.outcome, cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  {
    title: texts.drop.reason,
    cell: ({ reason, outcome }) =>
      reason !== undefined && (outcome === "failed" ? toFailureText(reason) : toReasonText(reason)),
  },
  { title: texts.drop.chatDay, cell: ({ chatDay }) => chatDay !== undefined && toDayText(chatDay) },
  { title: texts.drop.mailbox, cell: ({ mailbox }) => mailbox !== undefined && <Code>{mailbox}</Code> },
  {
    title: texts.drop.position,
    cell: ({ file, position }) => (
      <>
        <Code>{file}</Code> {texts.drop.positionText(toNumberText(position))}
      </>
    ),
  },
];
