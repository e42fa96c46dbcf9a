import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { DropRow } from "../../shared/api/contract/drops.ts";
import { Link } from "../frame/link.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { type Column, Table } from "../parts/table.tsx";
import { toDayText } from "../parts/times.ts";
import { texts } from "../texts.ts";
import { toNeedText } from "./need-text.ts";
import { DropStateBadge } from "./state-badge.tsx";
import { toDropAddress } from "./tabs.ts";

const useStyles = makeStyles({
  needs: { margin: 0, padding: 0, listStyleType: "none", color: tokens.colorPaletteRedForeground1 },
  well: { color: tokens.colorNeutralForeground2 },
});

/** Drops with how each of them stands. */
export function DropTable({ drops }: { readonly drops: readonly DropRow[] }): ReactNode {
  return <Table label={texts.drops.label} columns={columns} rows={drops} keyOf={({ drop }) => drop} />;
}

const columns: readonly Column<DropRow>[] = [
  {
    title: texts.drops.drop,
    cell: ({ drop, connector, siteDay, seq }) => (
      <Link to={toDropAddress(drop)}>{texts.drop.title(connector, toDayText(siteDay), seq)}</Link>
    ),
  },
  { title: texts.drops.state, cell: ({ state }) => <DropStateBadge state={state} /> },
  { title: texts.drops.items, cell: ({ items }) => toText(items), isNumber: true },
  {
    title: texts.drops.progress,
    cell: ({ mailboxes }) => mailboxes && texts.drops.of(toNumberText(mailboxes.ended), toNumberText(mailboxes.total)),
    isNumber: true,
  },
  {
    title: texts.drops.equation,
    cell: ({ equation }) =>
      equation &&
      texts.drops.of(
        toNumberText(equation.imported + equation.partial + equation.skipped),
        toNumberText(equation.available),
      ),
    isNumber: true,
  },
  { title: texts.drops.failed, cell: ({ equation }) => toText(equation?.failed), isNumber: true },
  { title: texts.drops.unmapped, cell: ({ unmappedItems }) => toText(unmappedItems), isNumber: true },
  { title: texts.drops.needs, cell: (drop) => <NeedLines drop={drop} /> },
];

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
