import { Button } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { ConnectorDetails } from "../../shared/api/contract/connectors.ts";
import { ask } from "../api.ts";
import { useIsAdmin } from "../frame/me.tsx";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { type Action, useAction } from "../use-action.ts";

interface Props {
  readonly details: ConnectorDetails;
  readonly changed: () => void;
}

/** Fetch now, pause, resume: for those who may. */
export function ConnectorActions({ details, changed }: Props): ReactNode {
  if (!useIsAdmin()) return null;
  return <Actions details={details} changed={changed} />;
}

function Actions({ details, changed }: Props): ReactNode {
  const say = useSay();
  const params = { name: details.connector.name };
  const { isPaused } = details.connector;
  const [isPausing, setIsPausing] = useState(false);
  const fetching = useAction(async () => (await ask("fetchConnector", { params })).body);
  const resuming = useAction(async () => (await ask("resumeConnector", { params })).body);
  const pausing = useAction(async () => (await ask("pauseConnector", { params })).body);
  const run = async <Result,>({ run: start }: Action<void, Result>, text: string): Promise<void> => {
    if ((await start()) === undefined) return;
    say(text);
    changed();
  };
  const error = fetching.error ?? resuming.error;
  return (
    <>
      {!isPaused && (
        <Button
          appearance="primary"
          disabledFocusable={fetching.isRunning || details.isFetching}
          onClick={() => void run(fetching, texts.connector.fetchAsked)}
        >
          {details.isFetching ? texts.connector.fetching : texts.connector.fetch}
        </Button>
      )}
      {isPaused ? (
        <Button
          appearance="primary"
          disabledFocusable={resuming.isRunning}
          onClick={() => void run(resuming, texts.connector.resumed)}
        >
          {texts.connector.resume}
        </Button>
      ) : (
        <Button onClick={() => setIsPausing(true)}>{texts.connector.pause}</Button>
      )}
      {isPausing && (
        <Confirm
          title={texts.connector.pauseTitle}
          verb={texts.connector.pause}
          action={pausing}
          onClose={() => setIsPausing(false)}
          onDone={() => {
            setIsPausing(false);
            say(texts.connector.paused);
            changed();
          }}
        >
          {texts.connector.pauseWhat}
        </Confirm>
      )}
      {error !== undefined && <Problem error={error} />}
    </>
  );
}
