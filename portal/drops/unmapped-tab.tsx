import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import type { UnmappedRow } from "../../shared/api/contract/generations.ts";
import { Link } from "../frame/link.tsx";
import { useAddressValue } from "../frame/router.tsx";
import { ChoiceFilter, Filters } from "../parts/filters.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { Pager, useCursor } from "../parts/pager.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toMappingLink } from "../setup/mapping-link.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { useGeneration } from "./generation-choice.tsx";

type Reason = UnmappedRow["reason"];

/** Whose chats are in nobody's mailbox, why, and the way to mend it. */
export function UnmappedTab({ drop }: { readonly drop: DropView }): ReactNode {
  const [asked] = useAddressValue("reason");
  const reason = isReason(asked) ? asked : undefined;
  const params = { drop: drop.drop, gen: useGeneration(drop) };
  const people = useResource("listUnmapped", { params, query: { cursor: useCursor(), reason } }, { keepsLast: true });
  return (
    <>
      <p>{texts.drop.unmappedLead}</p>
      <Filters label={texts.parts.filters}>
        <ChoiceFilter
          name="reason"
          label={texts.drop.reason}
          choices={[["", texts.parts.all], ...Object.entries(texts.words.unmapped)]}
        />
      </Filters>
      <Loaded resource={people}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Empty title={texts.drop.noUnmapped} />
            ) : (
              <Table label={texts.drop.unmappedLabel} columns={toColumns(drop)} rows={items} keyOf={toRowKey} />
            )}
            <Pager next={next} />
          </>
        )}
      </Loaded>
    </>
  );
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(texts.words.unmapped, text);
}

function toRowKey({ imId = "", email = "", displayName = "", firm = "" }: UnmappedRow): string {
  return `${imId} ${email} ${displayName} ${firm}`;
}

function toColumns({ connector }: DropView): readonly Column<UnmappedRow>[] {
  return [
    { title: texts.drop.person, cell: toPerson },
    { title: texts.drop.firm, cell: ({ firm }) => firm },
    { title: texts.drop.reason, cell: ({ reason }) => texts.words.unmapped[reason] },
    { title: texts.drop.items, cell: ({ items }) => toNumberText(items), isNumber: true },
    { title: texts.drop.map, cell: (row) => <MapLink connector={connector} row={row} /> },
  ];
}

function toPerson({ imId, email, displayName }: UnmappedRow): ReactNode {
  const [first, ...others] = [imId, displayName, email].filter((part) => part !== undefined && part !== "");
  return (
    <>
      <strong>{first ?? texts.drop.nobody}</strong>
      {others.map((other) => (
        <div key={other}>{other}</div>
      ))}
    </>
  );
}

/** The ImId is in the fragment, which no server gets: a person's name belongs into no log. */
function MapLink({ connector, row }: { readonly connector: string; readonly row: UnmappedRow }): ReactNode {
  if (row.imId === undefined || !row.canBeMapped) return texts.drop.noImId;
  return (
    <Link to={toMappingLink(connector, [row.imId])} label={texts.drop.mapWho(row.imId)}>
      {texts.drop.map}
    </Link>
  );
}
