import { Checkbox, makeStyles, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { texts } from "../texts.ts";
import { type Column, Table } from "./table.tsx";

const useStyles = makeStyles({
  actions: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalM,
    minHeight: "40px",
  },
  name: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
});

interface SelectableTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Names a row for screen readers. */
  readonly nameOf: (row: Row) => string;
  /** What can be done with the selected rows; nothing is selectable without. */
  readonly actions?: ((keys: ReadonlySet<string>, clear: () => void) => ReactNode) | undefined;
}

/** A table whose rows can be selected, with what can be done with them above it. */
export function SelectableTable<Row>(props: SelectableTableProps<Row>): ReactNode {
  const { columns, rows, keyOf, nameOf, actions, label } = props;
  const styles = useStyles();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [first, ...others] = columns;
  if (actions === undefined || first === undefined)
    return <Table label={label} columns={columns} rows={rows} keyOf={keyOf} />;
  // What has gone from the list meanwhile is not chosen any more.
  const selected = new Set(rows.map(keyOf).filter((key) => chosen.has(key)));
  const clear = (): void => setChosen(new Set());
  const toggle = (key: string, isChosen: boolean): void => {
    const next = new Set(selected);
    if (isChosen) next.add(key);
    else next.delete(key);
    setChosen(next);
  };
  const named: Column<Row> = {
    title: first.title,
    cell: (row) => (
      <div className={styles.name}>
        <Checkbox
          checked={selected.has(keyOf(row))}
          onChange={(_, { checked }) => toggle(keyOf(row), checked === true)}
          aria-label={texts.drop.select(nameOf(row))}
        />
        <span>{first.cell(row)}</span>
      </div>
    ),
  };
  return (
    <>
      <div className={styles.actions}>
        <Checkbox
          label={texts.drop.selectAll}
          checked={selected.size === 0 ? false : selected.size === rows.length ? true : "mixed"}
          onChange={(_, { checked }) => setChosen(checked === true ? new Set(rows.map(keyOf)) : new Set())}
        />
        {selected.size > 0 && actions(selected, clear)}
      </div>
      <Table label={label} columns={[named, ...others]} rows={rows} keyOf={keyOf} />
    </>
  );
}
