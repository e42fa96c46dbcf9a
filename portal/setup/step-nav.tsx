import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { MouseEvent, ReactNode } from "react";
import { texts } from "../texts.ts";
import type { Draft } from "./drafts.ts";
import { isStepComplete, type PageStep, pageSteps, toStepAddress } from "./wizard-steps.ts";

const words = texts.setup.steps;
const useStyles = makeStyles({
  list: {
    display: "flex",
    flexWrap: "wrap",
    gap: tokens.spacingHorizontalS,
    listStyleType: "none",
    margin: `0 0 ${tokens.spacingVerticalL}`,
    padding: 0,
  },
  step: {
    display: "flex",
    gap: tokens.spacingHorizontalS,
    alignItems: "center",
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusCircular,
    color: tokens.colorNeutralForeground2,
    textDecorationLine: "none",
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  current: {
    borderTopColor: tokens.colorCompoundBrandStroke,
    borderRightColor: tokens.colorCompoundBrandStroke,
    borderBottomColor: tokens.colorCompoundBrandStroke,
    borderLeftColor: tokens.colorCompoundBrandStroke,
    color: tokens.colorNeutralForeground1,
    fontWeight: tokens.fontWeightSemibold,
  },
  unseen: { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" },
});

interface StepNavProps {
  readonly step: PageStep;
  readonly draft: Draft | undefined;
  readonly onGo: (to: string, event: MouseEvent) => void;
}

/** The steps: which one this is, which are complete; each can be gone to at any time once there is a draft. */
export function StepNav({ step, draft, onGo }: StepNavProps): ReactNode {
  const styles = useStyles();
  return (
    <nav aria-label={words.label}>
      <ol className={styles.list}>
        {pageSteps.map((one, at) => (
          <li key={one}>
            <StepLink step={one} number={at + 1} isCurrent={one === step} draft={draft} onGo={onGo} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function StepLink(props: {
  readonly step: PageStep;
  readonly number: number;
  readonly isCurrent: boolean;
  readonly draft: Draft | undefined;
  readonly onGo: StepNavProps["onGo"];
}): ReactNode {
  const { step, number, isCurrent, draft, onGo } = props;
  const styles = useStyles();
  const isDone = draft !== undefined && isStepComplete(draft, step);
  const content = (
    <>
      <span aria-hidden>{isDone ? "✓" : number}</span>
      {words[step]}
      {draft !== undefined && <span className={styles.unseen}>, {isDone ? words.done : words.open}</span>}
    </>
  );
  const className = mergeClasses(styles.step, isCurrent && styles.current);
  const current = isCurrent ? ({ "aria-current": "step" } as const) : {};
  if (draft === undefined) {
    return (
      <span className={className} {...current}>
        {content}
      </span>
    );
  }
  const to = toStepAddress(step, draft.name);
  return (
    <a className={className} href={to} onClick={(event) => onGo(to, event)} {...current}>
      {content}
    </a>
  );
}
