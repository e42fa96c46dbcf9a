import { Button, Field, makeStyles, Select, Spinner, Text, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { SecretFacts } from "../../shared/api/contract/keys.ts";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import { KeyFacts } from "./key-facts.tsx";
import { type OwnKey, OwnKeyForm } from "./own-key-form.tsx";
import { toFieldId } from "./settings-context.tsx";

const words = texts.setup.keys;
const useStyles = makeStyles({
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "end" },
  field: { gridTemplateColumns: "minmax(0, 1fr)", minWidth: 0, maxWidth: "100%" },
  select: { "& > select": { minWidth: 0, maxWidth: "100%" } },
  block: { display: "grid", gridTemplateColumns: "minmax(0, 1fr)", rowGap: tokens.spacingVerticalM },
});

/** How a key of one kind is made and stored. */
export interface KeyWays {
  readonly kind: "ssh" | "pgp";
  /** Kinds to choose from, the recommended one first, with their names. */
  readonly kinds: Readonly<Record<string, string>>;
  /** @throws ApiError */
  readonly generate: (kind: string, replace: boolean) => Promise<unknown>;
  /** @throws ApiError */
  readonly upload: (key: OwnKey, replace: boolean) => Promise<unknown>;
}

interface KeyCardProps {
  readonly name: string;
  readonly ways: KeyWays;
  readonly current: SecretFacts | undefined;
  readonly isReadOnly: boolean;
  /** Whether making another one takes the place of this one, which is asked about. */
  readonly replaces: boolean;
  readonly verbs?: { readonly generate: string; readonly own: string };
  readonly onChanged: () => void;
}

/** A key: what is known of it, and the two ways to another one. */
export function KeyCard(props: KeyCardProps): ReactNode {
  const { name, current, isReadOnly } = props;
  const styles = useStyles();
  return (
    <div className={styles.block}>
      {current === undefined ? <Text>{words.missing}</Text> : <KeyFacts name={name} secret={current} />}
      {!isReadOnly && <NewKey {...props} />}
    </div>
  );
}

function NewKey({ ways, current, replaces, verbs, onChanged }: KeyCardProps): ReactNode {
  const styles = useStyles();
  const say = useSay();
  const [kind, setKind] = useState(Object.keys(ways.kinds)[0] ?? "");
  const [isOwn, setIsOwn] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const hasToAsk = replaces && current !== undefined;
  const label = words[ways.kind];
  const generate = useAction<void, true>(async () => {
    await ways.generate(kind, hasToAsk);
    return true;
  });
  const done = (): void => {
    setIsAsking(false);
    setIsOwn(false);
    onChanged();
    say(words.generated(label));
  };
  if (isOwn) {
    return (
      <OwnKeyForm
        kind={ways.kind}
        store={(key) => ways.upload(key, hasToAsk)}
        onStored={done}
        onCancel={() => setIsOwn(false)}
      />
    );
  }
  return (
    <>
      <div className={styles.row}>
        <KindSelect ways={ways} kind={kind} onKind={setKind} />
        <Button
          id={toFieldId(`secrets.${ways.kind}-key`)}
          disabledFocusable={generate.isRunning}
          {...(generate.isRunning ? { icon: <Spinner size="tiny" /> } : {})}
          onClick={() =>
            hasToAsk ? setIsAsking(true) : void generate.run().then((isDone) => isDone === true && done())
          }
        >
          {verbs?.generate ?? words.generate}
        </Button>
        <Button appearance="subtle" onClick={() => setIsOwn(true)}>
          {verbs?.own ?? words.own}
        </Button>
      </div>
      <div role="status">{generate.isRunning && words.generating}</div>
      {generate.error !== undefined && !isAsking && <Problem error={generate.error} />}
      {isAsking && (
        <Confirm
          title={words.replaceTitle(label)}
          verb={words.replace}
          action={generate}
          onDone={done}
          onClose={() => setIsAsking(false)}
        >
          {words.replaceWhat}
        </Confirm>
      )}
    </>
  );
}

function KindSelect(props: { readonly ways: KeyWays; readonly kind: string; readonly onKind: (kind: string) => void }) {
  const styles = useStyles();
  return (
    <Field className={styles.field} label={`${words[props.ways.kind]}: ${words.kind}`}>
      <Select className={styles.select} value={props.kind} onChange={(_event, { value }) => props.onKind(value)}>
        {Object.entries(props.ways.kinds).map(([kind, label]) => (
          <option key={kind} value={kind}>
            {label}
          </option>
        ))}
      </Select>
    </Field>
  );
}
