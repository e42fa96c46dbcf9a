import { Button, Field, Input, makeStyles, Text, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { ask } from "../api.ts";
import { useRouter } from "../frame/router.tsx";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import type { ConnectorDetails } from "./drafts.ts";
import type { Saver } from "./saver.ts";
import { Section } from "./section.tsx";
import { useSaverState } from "./use-saver.ts";

const words = texts.setup.edit;
const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL },
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM },
});

interface RemoveProps {
  readonly name: string;
  readonly saver: Saver<ConnectorDetails>;
}

/** Pausing and deleting a connector. */
export function RemoveConnector({ name, saver }: RemoveProps): ReactNode {
  const styles = useStyles();
  return (
    <Section title={words.stopHeading}>
      <Pause name={name} saver={saver} />
      <Text>{words.removeWhat}</Text>
      <ul className={styles.list}>
        {words.removeStays.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <Text>{words.removeGone}</Text>
      <Remove name={name} saver={saver} />
    </Section>
  );
}

function Pause({ name, saver }: RemoveProps): ReactNode {
  const styles = useStyles();
  const say = useSay();
  const { isPaused } = useSaverState(saver).saved.body.connector;
  const change = useAction<void, true>(async () => {
    await ask(isPaused ? "resumeConnector" : "pauseConnector", { params: { name } });
    await saver.refresh();
    say(isPaused ? words.resumed(name) : words.paused(name));
    return true;
  });
  return (
    <>
      <Text>{isPaused ? words.isPaused : words.pauseWhat}</Text>
      <div className={styles.row}>
        <Button disabledFocusable={change.isRunning} onClick={() => void change.run()}>
          {isPaused ? words.resume : words.pause}
        </Button>
      </div>
      {change.error !== undefined && <Problem error={change.error} />}
    </>
  );
}

function Remove({ name, saver }: RemoveProps): ReactNode {
  const { go } = useRouter();
  const say = useSay();
  const [isAsking, setIsAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useAction<void, true>(async () => {
    await saver.refresh();
    await ask("deleteConnector", { params: { name } }, { ifMatch: saver.snapshot().saved.etag });
    return true;
  });
  const done = (): void => {
    saver.discard();
    say(words.removed(name));
    go("/");
  };
  return (
    <>
      <div>
        <Button onClick={() => setIsAsking(true)}>{words.remove}</Button>
      </div>
      {isAsking && (
        <Confirm
          title={words.removeTitle(name)}
          verb={words.remove}
          action={remove}
          isBlocked={typed.trim() !== name}
          onDone={done}
          onClose={() => setIsAsking(false)}
        >
          <Text>{words.removeShort}</Text>
          <Field label={words.removeType(name)}>
            <Input
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(_event, { value }) => setTyped(value)}
            />
          </Field>
        </Confirm>
      )}
    </>
  );
}
