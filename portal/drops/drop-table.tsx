import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { DropRow } from "../../shared/api/contract/drops.ts";
import { Link } from "../frame/link.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { type Column, Table } from "../parts/table.tsx";
import { toDayText } from "../parts/times.ts";
import { texts } from "../texts.ts";
import { toInMailboxesText } from "./in-mailboxes.ts";
import { toNeedText } from "./need-text.ts";
import { toScopeText } from "./scope-text.ts";
import { DropStateBadge } from "./state-badge.tsx";
import { toDropAddress } from "./tabs.ts";

const useStyles = makeStyles({
  needs: { margin: 0, padding: 0, listStyleType: "none", color: tokens.colorPaletteRedForeground1 },
  part: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  well: { color: tokens.colorNeutralForeground2 },
});

/** Drops with how each of them stands. */
export function DropTable({ drops }: { readonly drops: readonly DropRow[] }): ReactNode {
  return <Table label={texts.drops.label} columns={columns} rows={drops} keyOf={({ drop }) => drop} />;
}

const columns: readonly Column<DropRow>[] = [
  { title: texts.drops.drop, cell: (drop) => <Name drop={drop} /> },
  { title: texts.drops.state, cell: ({ state }) => <DropStateBadge state={state} /> },
  { title: texts.drops.items, cell: (drop) => toText(toShown(drop).items), isNumber: true },
  { title: texts.drops.progress, cell: toMailboxesText, isNumber: true },
  {
    title: texts.drops.equation,
    cell: (drop) => {
      const { equation } = toShown(drop);
      return equation && toInMailboxesText(equation);
    },
    isNumber: true,
  },
  {
    title: texts.drops.failed,
    cell: ({ whole, equation }) => toText(whole === undefined ? equation?.failed : whole.stillFailed),
    isNumber: true,
  },
  { title: texts.drops.unmapped, cell: (drop) => toText(toShown(drop).unmappedItems), isNumber: true },
  { title: texts.drops.needs, cell: (drop) => <NeedLines drop={drop} /> },
];

/** The whole day stays what it was while a part of it is done again. */
function toShown({ whole, ...row }: DropRow): Pick<DropRow, "items" | "equation" | "unmappedItems"> {
  return whole ?? row;
}

function Name({ drop: row }: { readonly drop: DropRow }): ReactNode {
  const styles = useStyles();
  const { drop, connector, siteDay, seq, generation = 1, whole } = row;
  return (
    <>
      <Link to={toDropAddress(drop)}>{texts.drop.title(connector, toDayText(siteDay), seq)}</Link>
      {whole !== undefined && <div className={styles.part}>{texts.drops.partDone(generation, toScopeText(row))}</div>}
    </>
  );
}

function toMailboxesText({ mailboxes, whole }: DropRow): ReactNode {
  const { ended, total } = toMailboxes(mailboxes, whole);
  return total === undefined ? undefined : texts.drops.of(toText(ended), toNumberText(total));
}

function toMailboxes(
  newest: DropRow["mailboxes"],
  whole: DropRow["whole"],
): Partial<NonNullable<DropRow["mailboxes"]>> {
  const total = whole?.mailboxes;
  return whole === undefined ? (newest ?? {}) : total === undefined ? {} : { ended: total, total };
}

function toText(count: number | undefined): string {
  return count === undefined ? "" : toNumberText(count);
}

function NeedLines({ drop }: { readonly drop: DropRow }): ReactNode {
  const styles = useStyles();
  const lines = [...(drop.problem === undefined ? [] : [drop.problem]), ...drop.needs.map(toNeedText)];
  if (lines.length === 0) return <span className={styles.well}>{texts.drops.allWell}</span>;
  return (
    <ul className={styles.needs}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
