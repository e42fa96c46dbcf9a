import { Button, makeStyles, mergeClasses, Subtitle2, tokens } from "@fluentui/react-components";
import { type ReactNode, useId, useState } from "react";
import type { LineFault } from "../../shared/api/contract/mapping.ts";
import { texts } from "../texts.ts";
import { saveText } from "./save-text.ts";

const words = texts.setup.list;
/** One row's height in pixels; what does not fit is cut and shown as its title. */
const rowHeight = 32;
const heightInRows = 10;
/** Rows that are there beyond what is seen, so that scrolling shows no gap. */
const spareRows = 10;

const useStyles = makeStyles({
  heading: { margin: 0 },
  scroll: {
    maxHeight: `${rowHeight * heightInRows}px`,
    overflow: "auto",
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  table: { width: "100%", borderCollapse: "collapse", tableLayout: "fixed" },
  row: { height: `${rowHeight}px` },
  cell: {
    height: `${rowHeight}px`,
    padding: `0 ${tokens.spacingHorizontalS}`,
    textAlign: "left",
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  head: { position: "sticky", top: 0, backgroundColor: tokens.colorNeutralBackground2, zIndex: 1 },
  line: { width: "5rem" },
  column: { width: "6rem" },
  space: { padding: 0, border: "none" },
});

interface FaultTableProps {
  readonly faults: readonly LineFault[];
  readonly heading: string;
  /** The file to download: its name, and what the button says. */
  readonly fileName: string;
  readonly download: string;
}

/** Every bad line. Only those that are seen are in the page: fifty thousand rows would stop it for seconds. */
export function FaultTable({ faults, heading, fileName, download }: FaultTableProps): ReactNode {
  const styles = useStyles();
  const headingId = useId();
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.floor(top / rowHeight) - spareRows);
  const shown = faults.slice(first, first + heightInRows + 2 * spareRows);
  return (
    <>
      <Subtitle2 as="h3" id={headingId} className={styles.heading}>
        {heading}
      </Subtitle2>
      <section
        className={styles.scroll}
        aria-labelledby={headingId}
        aria-description={words.scroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      >
        <table className={styles.table} aria-labelledby={headingId} aria-rowcount={faults.length + 1}>
          <thead>
            <tr className={styles.row} aria-rowindex={1}>
              <th scope="col" className={mergeClasses(styles.cell, styles.head, styles.line)}>
                {words.line}
              </th>
              <th scope="col" className={mergeClasses(styles.cell, styles.head, styles.column)}>
                {words.column}
              </th>
              <th scope="col" className={mergeClasses(styles.cell, styles.head)}>
                {words.reason}
              </th>
            </tr>
          </thead>
          <tbody>
            <Space rows={first} />
            {shown.map((fault, at) => (
              <FaultRow key={`${fault.line} ${fault.column}`} fault={fault} row={first + at + 2} />
            ))}
            <Space rows={faults.length - first - shown.length} />
          </tbody>
        </table>
      </section>
      <div>
        <Button appearance="subtle" onClick={() => saveText(fileName, toFaultCsv(faults), "text/csv")}>
          {download}
        </Button>
      </div>
    </>
  );
}

function FaultRow({ fault, row }: { readonly fault: LineFault; readonly row: number }): ReactNode {
  const styles = useStyles();
  const reason = toReason(fault);
  return (
    <tr className={styles.row} aria-rowindex={row}>
      <td className={styles.cell}>{fault.line}</td>
      <td className={styles.cell}>{fault.column ?? ""}</td>
      <td className={styles.cell} title={reason}>
        {reason}
      </td>
    </tr>
  );
}

function Space({ rows }: { readonly rows: number }): ReactNode {
  const styles = useStyles();
  if (rows === 0) return null;
  return (
    <tr aria-hidden style={{ height: `${rows * rowHeight}px` }}>
      <td colSpan={3} className={styles.space} />
    </tr>
  );
}

function toReason({ message, firstLine }: LineFault): string {
  return firstLine === undefined ? message : `${message} (${words.firstLine(firstLine)})`;
}

/** Texts of ours only, so that nothing in it needs more than quotation marks. */
function toFaultCsv(faults: readonly LineFault[]): string {
  const rows = faults.map((fault) =>
    [fault.line, fault.column ?? "", `"${toReason(fault).replaceAll('"', '""')}"`].join(),
  );
  return [[words.line, words.column, words.reason].join(), ...rows, ""].join("\r\n");
}
