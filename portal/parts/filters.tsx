import { Field, Input, makeStyles, Select, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useAddressValue } from "../frame/router.tsx";

const useStyles = makeStyles({
  filters: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "end",
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    marginBottom: tokens.spacingVerticalL,
  },
  // The longest choice would else make it wider than a narrow window.
  select: { maxWidth: "min(24rem, calc(100vw - 3rem))", minWidth: 0 },
});

/** Controls above a list. Each keeps its value in the address, and brings the list back to its first page. */
export function Filters({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return (
    <search className={styles.filters} aria-label={label}>
      {children}
    </search>
  );
}

interface FilterProps {
  /** Its name in the address. */
  readonly name: string;
  readonly label: string;
}

/** One of several values; the empty one stands for all. */
export function ChoiceFilter(
  props: FilterProps & { readonly choices: readonly (readonly [string, string])[] },
): ReactNode {
  const styles = useStyles();
  const [value, set] = useAddressValue(props.name, "query", ["cursor"]);
  return (
    <Field label={props.label}>
      <Select className={styles.select} value={value} onChange={(_, data) => set(data.value)}>
        {props.choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** A calendar day. */
export function DayFilter({ name, label }: FilterProps): ReactNode {
  const [value, set] = useAddressValue(name, "query", ["cursor"]);
  return (
    <Field label={label}>
      <Input type="date" value={value} onChange={(_, data) => set(data.value)} />
    </Field>
  );
}
