import { Button, Field, Input, makeStyles, Textarea, tokens } from "@fluentui/react-components";
import { type ChangeEvent, type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";

const words = texts.setup.keys;
const useStyles = makeStyles({
  form: { display: "grid", rowGap: tokens.spacingVerticalM },
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "center" },
  file: { maxWidth: "100%" },
});

/** A private key and what opens it. */
export interface OwnKey {
  readonly privateKey: string;
  readonly passphrase?: string;
}

interface OwnKeyFormProps {
  readonly kind: "ssh" | "pgp";
  /** Stores it after it was opened. @throws ApiError */
  readonly store: (key: OwnKey) => Promise<unknown>;
  readonly onStored: () => void;
  readonly onCancel: () => void;
}

/**
 * Takes a private key that somebody has. Both fields are emptied when it is sent, before any answer: when the passphrase
 * was wrong it is entered once more, which is little against a private key that stays in a page.
 */
export function OwnKeyForm({ kind, store, onStored, onCancel }: OwnKeyFormProps): ReactNode {
  const styles = useStyles();
  const { control, key, setKey, passphrase, setPassphrase, isEmpty, action, submit } = useOwnKey(store, onStored);
  const problem = isEmpty ? words.emptyKey : action.error?.faultOf("privateKey");
  const ofPassphrase = action.error?.faultOf("passphrase");
  return (
    <form className={styles.form} onSubmit={submit} autoComplete="off">
      <Field
        label={words.privateKey}
        hint={words.privateKeyHint(kind)}
        {...(problem === undefined ? {} : { validationMessage: problem })}
      >
        <Textarea
          textarea={{ ref: control }}
          value={key}
          onChange={(_event, { value }) => setKey(value)}
          rows={4}
          resize="vertical"
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <KeyFile onText={setKey} />
      <Field
        label={words.passphrase}
        hint={words.passphraseHint}
        {...(ofPassphrase === undefined ? {} : { validationMessage: ofPassphrase })}
      >
        <Input
          type="password"
          value={passphrase}
          onChange={(_event, { value }) => setPassphrase(value)}
          autoComplete="new-password"
          maxLength={1024}
        />
      </Field>
      {action.error !== undefined && action.error.faults.length === 0 && <Problem error={action.error} />}
      <div className={styles.row}>
        <Button type="submit" appearance="primary" disabledFocusable={action.isRunning}>
          {words.check}
        </Button>
        <Button onClick={onCancel}>{words.cancel}</Button>
      </div>
    </form>
  );
}

function useOwnKey(store: OwnKeyFormProps["store"], onStored: () => void) {
  const control = useRef<HTMLTextAreaElement>(null);
  const [key, setKey] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [isEmpty, setIsEmpty] = useState(false);
  const action = useAction(async (given: OwnKey) => {
    await store(given);
    return true;
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (action.isRunning) return;
    setIsEmpty(key.trim() === "");
    if (key.trim() === "") {
      control.current?.focus();
      return;
    }
    setKey("");
    setPassphrase("");
    void action
      .run({ privateKey: key, ...(passphrase === "" ? {} : { passphrase }) })
      .then((isDone) => (isDone === true ? onStored() : control.current?.focus()));
  };
  return { control, key, setKey, passphrase, setPassphrase, isEmpty, action, submit };
}

function KeyFile({ onText }: { readonly onText: (text: string) => void }): ReactNode {
  const id = useId();
  const styles = useStyles();
  const take = async ({ currentTarget }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [file] = currentTarget.files ?? [];
    if (file === undefined) return;
    onText(await file.text());
    currentTarget.value = "";
  };
  return (
    <div>
      <label htmlFor={id}>{words.file}: </label>
      <input id={id} className={styles.file} type="file" onChange={(event) => void take(event)} />
    </div>
  );
}
