import { Checkbox, Field, makeStyles, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { texts } from "../texts.ts";
import { Section } from "./section.tsx";
import { toFieldId } from "./settings-context.tsx";

const words = texts.setup.terms;
const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL, display: "grid", rowGap: tokens.spacingVerticalS },
});

/** The terms, as a list to be read. */
export function Terms({ children }: { readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return (
    <Section title={words.heading}>
      <ul className={styles.list}>
        {words.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      {children}
    </Section>
  );
}

interface AcceptProps {
  readonly isAccepted: boolean;
  readonly problem: string | undefined;
  readonly onChange: (isAccepted: boolean) => void;
}

/** The box to tick. */
export function AcceptTerms({ isAccepted, problem, onChange }: AcceptProps): ReactNode {
  return (
    <Field {...(problem === undefined ? {} : { validationMessage: problem })}>
      <Checkbox
        id={toFieldId("hasAcceptedTerms")}
        label={words.accept}
        checked={isAccepted}
        required
        onChange={(_event, { checked }) => onChange(checked === true)}
      />
    </Field>
  );
}

/** What is typed before there is a draft: kept in this tab, so that a reload loses nothing. */
export function useFirstWords() {
  const [name, setName] = useState(() => sessionStorage.getItem(nameKey) ?? "");
  const [isAccepted, setIsAccepted] = useState(() => sessionStorage.getItem(acceptKey) === "true");
  return {
    name,
    isAccepted,
    setName: (next: string): void => {
      setName(next);
      sessionStorage.setItem(nameKey, next);
    },
    setIsAccepted: (next: boolean): void => {
      setIsAccepted(next);
      sessionStorage.setItem(acceptKey, String(next));
    },
    forget: (): void => {
      sessionStorage.removeItem(nameKey);
      sessionStorage.removeItem(acceptKey);
    },
  };
}

const nameKey = "icechat:new:name";
const acceptKey = "icechat:new:accepted";
