import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled } from "@fluentui/react-icons/svg/checkmark-circle";
import { DismissCircleFilled } from "@fluentui/react-icons/svg/dismiss-circle";
import { Fragment, type ReactNode } from "react";
import type { OpenEquation } from "../../shared/api/contract/drop-words.ts";
import { Link } from "../frame/link.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";

const useStyles = makeStyles({
  line: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "start",
    gap: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`,
  },
  sign: {
    fontSize: tokens.fontSizeHero700,
    lineHeight: tokens.lineHeightHero800,
    color: tokens.colorNeutralForeground3,
  },
  term: { display: "flex", flexDirection: "column-reverse" },
  number: {
    fontSize: tokens.fontSizeHero800,
    lineHeight: tokens.lineHeightHero800,
    fontWeight: tokens.fontWeightSemibold,
    fontVariantNumeric: "tabular-nums",
  },
  link: { fontSize: "inherit", lineHeight: "inherit", fontWeight: "inherit" },
  bad: { color: tokens.colorPaletteRedForeground1 },
  name: { color: tokens.colorNeutralForeground2 },
  verdict: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    marginTop: tokens.spacingVerticalM,
    fontWeight: tokens.fontWeightSemibold,
  },
  good: { color: tokens.colorStatusSuccessForeground1 },
  icon: { fontSize: "24px" },
  hint: { color: tokens.colorNeutralForeground2, marginTop: tokens.spacingVerticalS, marginBottom: 0 },
});

const outcomes = ["imported", "partial", "skipped", "failed"] as const;

/** The equation, large, with a sign that says whether it holds. A number leads to its items. */
export function EquationView(props: {
  readonly equation: OpenEquation;
  readonly isBalanced: boolean | undefined;
  readonly imbalances: readonly string[];
  readonly toItems: (outcome: string) => string;
}): ReactNode {
  const styles = useStyles();
  const { equation, toItems } = props;
  const { drop } = texts;
  const shown = equation.open > 0 ? ([...outcomes, "open"] as const) : outcomes;
  return (
    <>
      <div className={styles.line}>
        <Term name={drop.available} count={equation.available} />
        {shown.map((outcome, at) => (
          <Fragment key={outcome}>
            <span className={styles.sign} role="img" aria-label={at === 0 ? drop.equals : drop.plus}>
              {at === 0 ? "=" : "+"}
            </span>
            <Term
              name={texts.words.outcome[outcome]}
              count={equation[outcome]}
              isBad={outcome === "failed" && equation.failed > 0}
              to={toItems(outcome)}
            />
          </Fragment>
        ))}
      </div>
      {props.isBalanced !== undefined && <Verdict isBalanced={props.isBalanced} imbalances={props.imbalances} />}
      <p className={styles.hint}>{drop.equationWhat}</p>
    </>
  );
}

interface TermProps {
  readonly name: string;
  readonly count: number;
  readonly isBad?: boolean;
  readonly to?: string;
}

function Term({ name, count, isBad = false, to }: TermProps): ReactNode {
  const styles = useStyles();
  const text = toNumberText(count);
  return (
    <div className={styles.term}>
      <span className={styles.name}>{name}</span>
      <span className={mergeClasses(styles.number, isBad && styles.bad)}>
        {to === undefined || count === 0 ? (
          text
        ) : (
          <Link to={to} className={mergeClasses(styles.link, isBad && styles.bad)} label={texts.drop.show(text, name)}>
            {text}
          </Link>
        )}
      </span>
    </div>
  );
}

function Verdict(props: { readonly isBalanced: boolean; readonly imbalances: readonly string[] }): ReactNode {
  const styles = useStyles();
  const { drop } = texts;
  if (props.isBalanced) {
    return (
      <div className={mergeClasses(styles.verdict, styles.good)}>
        <CheckmarkCircleFilled className={styles.icon} aria-hidden />
        {drop.balanced}
      </div>
    );
  }
  return (
    <>
      <div className={mergeClasses(styles.verdict, styles.bad)}>
        <DismissCircleFilled className={styles.icon} aria-hidden />
        {drop.unbalanced}
      </div>
      <ul>
        {props.imbalances.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
