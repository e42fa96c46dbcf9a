import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import type { MailboxRow } from "../../shared/api/contract/generations.ts";
import { Link } from "../frame/link.tsx";
import { useAddressValue } from "../frame/router.tsx";
import { Code } from "../parts/copy-text.tsx";
import { ChoiceFilter, Filters } from "../parts/filters.tsx";
import { Instant } from "../parts/instant.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { Pager, useCursor } from "../parts/pager.tsx";
import { SelectableTable } from "../parts/selectable-table.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import type { Column } from "../parts/table.tsx";
import { toReasonText } from "../parts/words.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { useGeneration } from "./generation-choice.tsx";
import { ReprocessSelected, useMayReprocess } from "./reprocess.tsx";
import { MailboxStateBadge } from "./state-badge.tsx";
import { toDropAddress } from "./tabs.ts";

const states = ["pending", "running", "waiting", "done", "blocked", "unreadable"] as const;
const pollInMs = 10_000;

/** Who gets what of the drop, and how far each mailbox is. */
export function MailboxesTab({ drop, changed }: { readonly drop: DropView; readonly changed: () => void }): ReactNode {
  const mayReprocess = useMayReprocess(drop);
  const [asked] = useAddressValue("state");
  const state = states.find((one) => one === asked);
  const cursor = useCursor();
  const params = { drop: drop.drop, gen: useGeneration(drop) };
  const isLive = drop.state !== "closed";
  const mailboxes = useResource(
    "listMailboxes",
    { params, query: { cursor, state } },
    { keepsLast: true, pollInMs: () => (isLive ? pollInMs : undefined) },
  );
  return (
    <>
      <Filters label={texts.parts.filters}>
        <ChoiceFilter
          name="state"
          label={texts.drop.mailboxState}
          choices={[["", texts.parts.all], ...states.map((one) => [one, texts.words.mailboxState[one]] as const)]}
        />
      </Filters>
      <Loaded resource={mailboxes}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Empty title={state === undefined ? texts.drop.noMailboxesYet : texts.drop.noMailboxes} />
            ) : (
              <SelectableTable
                label={texts.drop.mailboxLabel}
                columns={toColumns(drop.drop)}
                rows={items}
                keyOf={({ mailbox }) => mailbox}
                nameOf={({ address, mailbox }) => address ?? mailbox}
                actions={
                  mayReprocess
                    ? (ids, clear) => (
                        <ReprocessSelected
                          drop={drop}
                          scope={{ type: "mailboxes", mailboxes: [...ids] }}
                          changed={changed}
                          done={clear}
                        />
                      )
                    : undefined
                }
              />
            )}
            <Pager next={next} />
          </>
        )}
      </Loaded>
    </>
  );
}

function toColumns(drop: string): readonly Column<MailboxRow>[] {
  return [
    { title: texts.drop.mailbox, cell: toWho },
    { title: texts.drop.mailboxState, cell: toState },
    ...(["available", "imported", "partial", "skipped", "failed", "open"] as const).map(
      (count): Column<MailboxRow> => ({
        title: count === "available" ? texts.drop.available : texts.words.outcome[count],
        cell: (row) =>
          count === "available" ? (
            <Link
              to={toDropAddress(drop, "items", { mailbox: row.mailbox })}
              label={texts.drop.itemsOf(toNumberText(row[count]), row.address ?? row.mailbox)}
            >
              {toNumberText(row[count])}
            </Link>
          ) : (
            toNumberText(row[count])
          ),
        isNumber: true,
      }),
    ),
    {
      title: texts.drop.progressedAt,
      cell: ({ progressedAt }) => progressedAt !== undefined && <Instant at={progressedAt} />,
    },
  ];
}

function toWho({ address, displayName, mailbox }: MailboxRow): ReactNode {
  return (
    <>
      {(displayName !== undefined || address !== undefined) && (
        <div>
          {displayName !== undefined && address !== undefined
            ? `${displayName} <${address}>`
            : (displayName ?? address)}
        </div>
      )}
      <Code>{mailbox}</Code>
    </>
  );
}

function toState({ state, reason, nextAt, problem }: MailboxRow): ReactNode {
  return (
    <>
      <MailboxStateBadge state={state} />
      {reason !== undefined && <div>{toReasonText(reason)}</div>}
      {nextAt !== undefined && (
        <div>
          {texts.drop.nextAt}: <Instant at={nextAt} />
        </div>
      )}
      {problem !== undefined && <div>{problem}</div>}
    </>
  );
}
