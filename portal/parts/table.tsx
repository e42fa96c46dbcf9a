import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useMedia } from "./use-media.ts";

/** A column: its title and what a row shows there. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
}

interface TableProps<Row> {
  /** Says what the table lists, for screen readers. */
  readonly label: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

const useStyles = makeStyles({
  table: { width: "100%", borderCollapse: "collapse", fontSize: tokens.fontSizeBase300 },
  head: {
    textAlign: "left",
    verticalAlign: "bottom",
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  cell: {
    textAlign: "left",
    verticalAlign: "top",
    fontWeight: tokens.fontWeightRegular,
    padding: `${tokens.spacingVerticalMNudge} ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    // Ids break by themselves; "anywhere" would make a column as narrow as a letter, and break a word like "Closed".
    overflowWrap: "break-word",
  },
  first: { minWidth: "7.5rem" },
  number: { textAlign: "right", fontVariantNumeric: "tabular-nums", overflowWrap: "normal" },
  row: { ":hover": { backgroundColor: tokens.colorSubtleBackgroundHover } },
  cards: { listStyleType: "none", margin: 0, padding: 0, display: "grid", rowGap: tokens.spacingVerticalM },
  card: {
    padding: tokens.spacingHorizontalM,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflowWrap: "anywhere",
  },
  pairs: { display: "grid", gridTemplateColumns: "minmax(6rem, 40%) 1fr", gap: tokens.spacingVerticalXS, margin: 0 },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, minWidth: 0 },
  cardTitle: { fontWeight: tokens.fontWeightSemibold, marginBottom: tokens.spacingVerticalS },
});

/** A table; where the window is too narrow for one, a list of cards with the same in it. */
export function Table<Row>(props: TableProps<Row>): ReactNode {
  const isNarrow = useMedia("(max-width: 720px)");
  return isNarrow ? <Cards {...props} /> : <Rows {...props} />;
}

function Rows<Row>({ label, columns, rows, keyOf }: TableProps<Row>): ReactNode {
  const styles = useStyles();
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title, isNumber }) => (
            <th key={title} scope="col" className={mergeClasses(styles.head, isNumber && styles.number)}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} className={styles.row}>
            {columns.map(({ title, cell, isNumber }, at) =>
              at === 0 ? (
                <th key={title} scope="row" className={mergeClasses(styles.cell, styles.first)}>
                  {cell(row)}
                </th>
              ) : (
                <td key={title} className={mergeClasses(styles.cell, isNumber && styles.number)}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cards<Row>({ label, columns: [first, ...others], rows, keyOf }: TableProps<Row>): ReactNode {
  const styles = useStyles();
  return (
    <ul className={styles.cards} aria-label={label}>
      {rows.map((row) => (
        <li key={keyOf(row)} className={styles.card}>
          <div className={styles.cardTitle}>{first?.cell(row)}</div>
          <dl className={styles.pairs}>
            {others.map(({ title, cell }) => (
              <Pair key={title} name={title}>
                {cell(row)}
              </Pair>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** A name and its value; nothing where there is no value: a card has no columns to keep. */
function Pair({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  if (children === "" || children === undefined || children === null || children === false) return null;
  return (
    <>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{children}</dd>
    </>
  );
}
