import { Button, makeStyles, Spinner, tokens } from "@fluentui/react-components";
import { type MouseEvent, type ReactNode, useState } from "react";
import { ask } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { noteAskedFetch } from "../connectors/asked-fetches.ts";
import { useRouter } from "../frame/router.tsx";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import type { Draft } from "./drafts.ts";
import type { Saver } from "./saver.ts";
import { useSaverState } from "./use-saver.ts";
import { type PageStep, stepsAround, toStepAddress } from "./wizard-steps.ts";

const words = texts.setup.wizard;
const useStyles = makeStyles({
  row: {
    display: "flex",
    flexWrap: "wrap",
    gap: tokens.spacingHorizontalM,
    marginTop: tokens.spacingVerticalL,
    maxWidth: "48rem",
  },
  last: { marginLeft: "auto" },
});

interface WizardButtonsProps {
  readonly step: PageStep;
  readonly saver: Saver<Draft>;
  readonly isReadOnly: boolean;
  /** Something of this step is missing, and that was said. */
  readonly hasOpen: boolean;
  readonly fetchesNow: boolean;
  readonly onNext: () => void;
  readonly onGo: (to: string, event: MouseEvent) => void;
  readonly onRefused: () => void;
}

/** Back, on, finish, and giving up. */
export function WizardButtons(props: WizardButtonsProps): ReactNode {
  const { step, saver, isReadOnly, hasOpen, onNext, onGo } = props;
  const styles = useStyles();
  const { name } = useSaverState(saver).saved.body;
  const { before, after } = stepsAround(step);
  return (
    <div className={styles.row}>
      {before !== undefined && (
        <Button as="a" href={toStepAddress(before, name)} onClick={(event) => onGo(toStepAddress(before, name), event)}>
          {words.back}
        </Button>
      )}
      {after !== undefined && (
        <Button appearance="primary" onClick={onNext}>
          {words.next}
        </Button>
      )}
      {after !== undefined && hasOpen && (
        <Button
          as="a"
          appearance="subtle"
          href={toStepAddress(after, name)}
          onClick={(event) => onGo(toStepAddress(after, name), event)}
        >
          {words.skip}
        </Button>
      )}
      {after === undefined && !isReadOnly && <Finish {...props} />}
      {!isReadOnly && (
        <span className={styles.last}>
          <GiveUp saver={saver} />
        </span>
      )}
    </div>
  );
}

function Finish({ saver, fetchesNow, onRefused }: WizardButtonsProps): ReactNode {
  const { go } = useRouter();
  const say = useSay();
  const finish = useAction<void, string | undefined>(async () => {
    await saver.flush();
    await saver.refresh();
    const { body, etag } = saver.snapshot().saved;
    const params = { name: body.name };
    try {
      await ask("finishDraft", { params }, { ifMatch: etag });
    } catch (error) {
      if (!(error instanceof ApiError) || error.kind !== "invalid") throw error;
      onRefused();
      return undefined;
    }
    // The connector is there by now: a fetch that cannot be asked for comes by the schedule.
    if (fetchesNow) await askForFetch(body.name).catch(unlessRefused);
    return body.name;
  });
  const run = async (): Promise<void> => {
    const name = await finish.run();
    if (name === undefined) return;
    say(texts.setup.review.finished(name));
    go(`/connectors/${name}`);
  };
  return (
    <>
      <Button
        appearance="primary"
        disabledFocusable={finish.isRunning}
        {...(finish.isRunning ? { icon: <Spinner size="tiny" /> } : {})}
        onClick={() => void run()}
      >
        {texts.setup.review.finish}
      </Button>
      {finish.error !== undefined && <Problem error={finish.error} />}
    </>
  );
}

async function askForFetch(name: string): Promise<void> {
  const { body } = await ask("fetchConnector", { params: { name } });
  noteAskedFetch(name, body.askedAt);
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}

function GiveUp({ saver }: { readonly saver: Saver<Draft> }): ReactNode {
  const { go } = useRouter();
  const say = useSay();
  const [isAsking, setIsAsking] = useState(false);
  const { name } = useSaverState(saver).saved.body;
  const giveUp = useAction<void, true>(async () => {
    await saver.refresh();
    await ask("deleteDraft", { params: { name } }, { ifMatch: saver.snapshot().saved.etag });
    return true;
  });
  const done = (): void => {
    saver.discard();
    say(words.givenUp(name));
    go("/");
  };
  return (
    <>
      <Button appearance="subtle" onClick={() => setIsAsking(true)}>
        {words.giveUp}
      </Button>
      {isAsking && (
        <Confirm
          title={words.giveUpTitle(name)}
          verb={words.giveUp}
          action={giveUp}
          onDone={done}
          onClose={() => setIsAsking(false)}
        >
          {words.giveUpWhat}
        </Confirm>
      )}
    </>
  );
}
