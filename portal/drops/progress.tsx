import { makeStyles, ProgressBar, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { Bar, DropView, Pace, Waiting } from "../../shared/api/contract/drops.ts";
import { Instant } from "../parts/instant.tsx";
import { toCountText, toNumberText } from "../parts/numbers.ts";
import { Section } from "../parts/section.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toDurationText } from "../parts/times.ts";
import { toReasonText } from "../parts/words.ts";
import { texts } from "../texts.ts";

const useStyles = makeStyles({
  bars: { display: "grid", gap: tokens.spacingVerticalM, listStyleType: "none", margin: 0, padding: 0 },
  names: { display: "flex", flexWrap: "wrap", justifyContent: "space-between", columnGap: tokens.spacingHorizontalM },
  counts: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
  current: { fontWeight: tokens.fontWeightSemibold },
  bar: {
    // Fluent paints what is done and what is not in two dark colours there, so that every bar looks full.
    "@media screen and (forced-colors: active)": { backgroundColor: "Canvas", outline: "1px solid CanvasText" },
  },
  pace: { marginTop: tokens.spacingVerticalL, display: "grid", rowGap: tokens.spacingVerticalXS },
  left: {
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
  },
  beside: { color: tokens.colorNeutralForeground2 },
});

/** How far a running drop is, how quick, how long yet, and what waits. */
export function ProgressView({ drop }: { readonly drop: DropView }): ReactNode {
  const styles = useStyles();
  return (
    <>
      <Section title={texts.drop.progress}>
        <ul className={styles.bars}>
          {drop.bars.map((bar) => (
            <li key={bar.stage}>
              <BarView bar={bar} />
            </li>
          ))}
        </ul>
        {drop.pace !== undefined && <PaceView pace={drop.pace} />}
        <Said bars={drop.bars} />
      </Section>
      {drop.waiting.length > 0 && (
        <Section title={texts.drop.waiting}>
          <Table label={texts.drop.waitingLabel} columns={waitingColumns} rows={drop.waiting} keyOf={toWaitingKey} />
        </Section>
      )}
    </>
  );
}

function BarView({ bar }: { readonly bar: Bar }): ReactNode {
  const styles = useStyles();
  const name = texts.words.stage[bar.stage];
  const total = bar.total ?? 0;
  const counts =
    bar.total === undefined ? toNumberText(bar.done) : texts.drops.of(toNumberText(bar.done), toNumberText(bar.total));
  const value = total === 0 ? (bar.total === undefined ? 0 : 1) : bar.done / total;
  return (
    <>
      <div className={styles.names}>
        <span className={bar.isCurrent ? styles.current : undefined}>
          {bar.isCurrent ? `${name} (${texts.drop.current})` : name}
        </span>
        <span className={styles.counts}>{counts}</span>
      </div>
      <ProgressBar
        className={styles.bar}
        value={value}
        thickness="large"
        color={value >= 1 ? "success" : "brand"}
        aria-label={name}
        aria-valuetext={counts}
      />
    </>
  );
}

function PaceView({ pace }: { readonly pace: Pace }): ReactNode {
  const styles = useStyles();
  const { drop } = texts;
  const { left } = pace;
  const [least, most] = left === undefined ? [] : [toDurationText(left.atLeastInMs), toDurationText(left.atMostInMs)];
  return (
    <div className={styles.pace}>
      {left === undefined ? (
        <span>{drop.leftUnknown}</span>
      ) : (
        <>
          <span className={styles.left}>{drop.left(toDurationText(left.inMs))}</span>
          <span className={styles.beside}>
            {least !== undefined && most !== undefined && least !== most && `${drop.leftRange(least, most)}, `}
            {drop.sureness[left.sureness]}, {drop.because[left.because]}
          </span>
        </>
      )}
      <span>
        {drop.rate(toNumberText(pace.perMinute))} {drop.rateOver(toDurationText(pace.overInMs))},{" "}
        {drop.running(toCountText(pace.runningMailboxes, "mailbox", "mailboxes"))}
      </span>
    </div>
  );
}

/** For screen readers, in tens of per cent: every five seconds would be too much to listen to. */
function Said({ bars }: { readonly bars: readonly Bar[] }): ReactNode {
  const items = bars.find(({ stage }) => stage === "items");
  const tens =
    items?.total === undefined || items.total === 0 ? undefined : Math.floor((items.done / items.total) * 10);
  return (
    <div aria-live="polite">
      {tens === undefined ? "" : <Hidden>{texts.drop.progressSaid(`${tens * 10} %`)}</Hidden>}
    </div>
  );
}

const useHidden = makeStyles({
  hidden: {
    position: "absolute",
    width: "1px",
    height: "1px",
    overflow: "hidden",
    clipPath: "inset(50%)",
    whiteSpace: "nowrap",
  },
});

function Hidden({ children }: { readonly children: ReactNode }): ReactNode {
  const styles = useHidden();
  return <span className={styles.hidden}>{children}</span>;
}

const waitingColumns: readonly Column<Waiting>[] = [
  {
    title: texts.drop.what,
    cell: ({ what, count }) => toCountText(count, texts.drop.waitWhat[what], texts.drop.waitWhats[what]),
  },
  { title: texts.drop.why, cell: ({ reason }) => toReasonText(reason) },
  { title: texts.drop.openItems, cell: ({ open }) => toNumberText(open), isNumber: true },
  {
    title: texts.drop.nextAt,
    cell: ({ nextAt, reason }) =>
      nextAt === undefined ? texts.drop[reason === "held" ? "whenReleased" : "whenReady"] : <Instant at={nextAt} />,
  },
];

function toWaitingKey({ what, reason }: Waiting): string {
  return `${what} ${reason}`;
}
