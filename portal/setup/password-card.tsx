import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { ask } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { useSay } from "../frame/toasts.tsx";
import { Instant } from "../parts/instant.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import { toFieldId } from "./settings-context.tsx";
import { currentOf, type SecretsView } from "./use-secrets.ts";

const words = texts.setup.password;
const useStyles = makeStyles({
  form: { display: "grid", rowGap: tokens.spacingVerticalM, justifyItems: "start" },
  field: { width: "100%" },
});

interface PasswordCardProps {
  readonly name: string;
  readonly secrets: SecretsView;
  readonly isReadOnly: boolean;
}

/** Stores the SFTP password. The field is emptied before the answer comes: what was sent is nowhere in the page. */
export function PasswordCard({ name, secrets, isReadOnly }: PasswordCardProps): ReactNode {
  const styles = useStyles();
  const say = useSay();
  const current = currentOf(secrets.items, "sftp-password");
  const { control, password, setPassword, problem, submit, action } = usePasswordForm(name, secrets, () => {
    secrets.changed();
    say(words.stored);
  });
  return (
    <div>
      {current !== undefined && (
        <p>
          {words.set} <Instant at={current.setAt} />
        </p>
      )}
      {!isReadOnly && (
        <form className={styles.form} onSubmit={submit} autoComplete="off">
          <Field
            className={styles.field}
            label={words.label}
            hint={words.hint}
            {...(problem === undefined ? {} : { validationMessage: problem })}
          >
            <Input
              id={toFieldId("secrets.sftp-password")}
              input={{ ref: control }}
              type="password"
              value={password}
              onChange={(_event, { value }) => setPassword(value)}
              autoComplete="new-password"
              spellCheck={false}
              maxLength={1024}
            />
          </Field>
          <Button type="submit" disabledFocusable={action.isRunning}>
            {current === undefined ? words.store : words.replace}
          </Button>
        </form>
      )}
      {action.error !== undefined && problem === undefined && <Problem error={action.error} />}
    </div>
  );
}

function usePasswordForm(name: string, { etag, changed }: SecretsView, onStored: () => void) {
  const control = useRef<HTMLInputElement>(null);
  const [password, setPassword] = useState("");
  const [isEmpty, setIsEmpty] = useState(false);
  const action = useAction(async (given: string) => {
    try {
      await ask("setPassword", { params: { name }, body: { password: given } }, { ifMatch: etag });
    } catch (error) {
      // The next try is made in sight of what is there now.
      if (error instanceof ApiError && error.kind === "changed-meanwhile") changed();
      throw error;
    }
    return true;
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (action.isRunning) return;
    setIsEmpty(password === "");
    if (password === "") {
      control.current?.focus();
      return;
    }
    setPassword("");
    void action.run(password).then((isDone) => isDone === true && onStored());
  };
  const problem = isEmpty ? words.empty : action.error?.faultOf("password");
  return { control, password, setPassword, problem, submit, action };
}
