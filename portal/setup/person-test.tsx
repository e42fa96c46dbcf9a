import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useState } from "react";
import type { PersonTest as Found } from "../../shared/api/contract/mapping.ts";
import { ask } from "../api.ts";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";

const words = texts.setup.person;
const useStyles = makeStyles({
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "start" },
  form: { display: "grid", rowGap: tokens.spacingVerticalM, justifyItems: "start" },
  field: { flexGrow: 1, minWidth: "min(14rem, 100%)" },
  steps: { margin: 0, paddingLeft: tokens.spacingHorizontalXL },
});

/** Where would somebody's items go, and why? */
export function PersonTest({
  name,
  beforeTest,
}: {
  readonly name: string;
  readonly beforeTest: () => Promise<boolean>;
}) {
  const styles = useStyles();
  const [imId, setImId] = useState("");
  const [email, setEmail] = useState("");
  const [isTried, setIsTried] = useState(false);
  const [found, setFound] = useState<Found>();
  const isEmpty = imId.trim() === "" && email.trim() === "";
  const test = useAction<void, Found>(async () => {
    await beforeTest();
    return (await ask("testPerson", { params: { name }, body: toAsked(imId, email) })).body;
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    setFound(undefined);
    if (!isEmpty) void test.run().then(setFound);
  };
  return (
    <>
      {words.lead}
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.row}>
          <Field
            className={styles.field}
            label={words.imId}
            hint={words.imIdHint}
            {...(isTried && isEmpty ? { validationMessage: words.empty } : {})}
          >
            <Input
              value={imId}
              maxLength={256}
              autoComplete="off"
              spellCheck={false}
              onChange={(_, { value }) => setImId(value)}
            />
          </Field>
          <Field className={styles.field} label={words.email} hint={words.emailHint}>
            <Input
              value={email}
              maxLength={320}
              autoComplete="off"
              spellCheck={false}
              onChange={(_, { value }) => setEmail(value)}
            />
          </Field>
        </div>
        <Button type="submit" disabledFocusable={test.isRunning}>
          {words.test}
        </Button>
      </form>
      <div role="status">{found !== undefined && <Answer found={found} />}</div>
      {test.error !== undefined && <Problem error={test.error} />}
    </>
  );
}

function toAsked(imId: string, email: string): { imId?: string; email?: string } {
  return {
    ...(imId.trim() === "" ? {} : { imId: imId.trim() }),
    ...(email.trim() === "" ? {} : { email: email.trim() }),
  };
}

function Answer({ found: { mailbox, unmapped, steps } }: { readonly found: Found }): ReactNode {
  const styles = useStyles();
  return (
    <MessageBar intent={mailbox === undefined ? "warning" : "success"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          {mailbox === undefined ? words.nowhere : words.goes(mailbox.displayName, mailbox.address)}
        </MessageBarTitle>{" "}
        {unmapped?.message}
        <ol className={styles.steps} aria-label={words.why}>
          {steps.map(({ step, outcome, message }) => (
            <li key={step}>
              {words.steps[step]} ({words.outcomes[outcome]}): {message}
            </li>
          ))}
        </ol>
      </MessageBarBody>
    </MessageBar>
  );
}
