import type { ReactNode } from "react";
import type { DeadRow } from "../../shared/api/contract/dead.ts";
import type { DropView } from "../../shared/api/contract/drops.ts";
import { Code } from "../parts/copy-text.tsx";
import { Instant } from "../parts/instant.tsx";
import { toCountText } from "../parts/numbers.ts";
import { Pager, useCursor } from "../parts/pager.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { RedriveButton } from "./redrive.tsx";

/** Work of the drop that was given up, and the way to send it again. */
export function DeadTab({ drop, changed }: { readonly drop: DropView; readonly changed: () => void }): ReactNode {
  const query = { drop: drop.drop, standing: "all", cursor: useCursor() } as const;
  const dead = useResource("listDead", { query }, { keepsLast: true });
  const done = (): void => {
    dead.reload();
    changed();
  };
  return (
    <>
      <p>{texts.drop.deadLead}</p>
      <Loaded resource={dead}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Empty title={texts.drop.noDead} />
            ) : (
              <Table label={texts.drop.deadLabel} columns={toColumns(drop, done)} rows={items} keyOf={({ id }) => id} />
            )}
            <Pager next={next} />
          </>
        )}
      </Loaded>
    </>
  );
}

function toColumns(drop: DropView, done: () => void): readonly Column<DeadRow>[] {
  return [
    {
      title: texts.drop.work,
      cell: ({ work, id }) => (
        <>
          <div>{work}</div>
          <Code>{id}</Code>
        </>
      ),
    },
    { title: texts.drop.status, cell: ({ standing }) => texts.drop.standing[standing] },
    { title: texts.drop.deaths, cell: ({ deaths }) => toCountText(deaths, "time"), isNumber: true },
    { title: texts.drop.lastAt, cell: ({ lastAt }) => lastAt !== undefined && <Instant at={lastAt} /> },
    { title: texts.drop.reason, cell: ({ reason }) => reason ?? texts.drop.noReason },
    {
      title: texts.parts.actions,
      cell: ({ standing, id }) => standing === "open" && <RedriveButton drop={drop} id={id} done={done} />,
    },
  ];
}
