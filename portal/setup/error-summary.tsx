import { Link, MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import { type ReactNode, useEffect, useRef } from "react";
import type { MissingField } from "../../shared/api/contract/drafts.ts";
import { Link as PageLink } from "../frame/link.tsx";
import { texts } from "../texts.ts";
import { toFieldId } from "./settings-context.tsx";

/** Something that is missing or wrong, and the address of the page to mend it on where that is another one. */
export interface Fault extends MissingField {
  readonly to?: string;
}

const useStyles = makeStyles({
  bar: {
    maxWidth: "48rem",
    marginBottom: tokens.spacingVerticalL,
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL },
});

/** What is missing or wrong, with a way to each field. It takes the focus when it comes, and at each further try. */
export function ErrorSummary({
  faults,
  turn,
}: {
  readonly faults: readonly Fault[];
  readonly turn: number;
}): ReactNode {
  const styles = useStyles();
  const bar = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try moves the focus
  useEffect(() => bar.current?.focus(), [turn]);
  return (
    <section ref={bar} tabIndex={-1} className={styles.bar} aria-labelledby="missing-title">
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle id="missing-title">{texts.setup.wizard.errors(faults.length)}</MessageBarTitle>
          <ul className={styles.list}>
            {faults.map((fault) => (
              <li key={`${fault.field} ${fault.message}`}>
                <ToField fault={fault} />
              </li>
            ))}
          </ul>
        </MessageBarBody>
      </MessageBar>
    </section>
  );
}

function ToField({ fault: { field, message, to } }: { readonly fault: Fault }): ReactNode {
  const label = toFieldLabel(field);
  const text = label === undefined ? message : `${label}: ${message}`;
  if (to !== undefined) return <PageLink to={to}>{text}</PageLink>;
  return (
    <Link as="button" inline onClick={() => focusField(field)}>
      {text}
    </Link>
  );
}

/** The field, or within what stands for it, such as a group of choices, the first control. */
function focusField(field: string): void {
  const found = document.getElementById(toFieldId(field));
  if (found === null) return;
  found.scrollIntoView({ block: "center" });
  if (found.matches("input, select, textarea, button")) found.focus();
  else found.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
}

/** What the page calls a field of the API. */
export function toFieldLabel(field: string): string | undefined {
  const names: Readonly<Record<string, string>> = texts.setup.fieldNames;
  return names[field] ?? names[field.replace(/[.-]\d+$/, "")];
}
