import { Button } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { ConnectorDetails } from "../../shared/api/contract/connectors.ts";
import { ask } from "../api.ts";
import { useIsAdmin } from "../frame/me.tsx";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";

interface Props {
  readonly details: ConnectorDetails;
  /** A fetch was asked for and has not been tried yet. */
  readonly isFetching: boolean;
  /** Called with when a fetch was asked for. */
  readonly fetchAsked: (askedAt: string) => void;
  readonly changed: () => void;
}

/** Fetch now, pause, resume: for those who may. */
export function ConnectorActions(props: Props): ReactNode {
  return useIsAdmin() ? <Actions {...props} /> : null;
}

function Actions({ details, isFetching, fetchAsked, changed }: Props): ReactNode {
  const say = useSay();
  const params = { name: details.connector.name };
  const { isPaused } = details.connector;
  const [isPausing, setIsPausing] = useState(false);
  const fetching = useAction(async () => (await ask("fetchConnector", { params })).body);
  const resuming = useAction(async () => (await ask("resumeConnector", { params })).body);
  const pausing = useAction(async () => (await ask("pauseConnector", { params })).body);
  const fetchNow = async (): Promise<void> => {
    const asked = await fetching.run();
    if (asked === undefined) return;
    say(texts.connector.fetchAsked);
    fetchAsked(asked.askedAt);
  };
  const resume = async (): Promise<void> => {
    if ((await resuming.run()) === undefined) return;
    say(texts.connector.resumed);
    changed();
  };
  const error = fetching.error ?? resuming.error;
  return (
    <>
      {!isPaused && (
        <Button
          appearance="primary"
          disabledFocusable={fetching.isRunning || isFetching}
          onClick={() => void fetchNow()}
        >
          {isFetching ? texts.connector.fetching : texts.connector.fetch}
        </Button>
      )}
      {isPaused ? (
        <Button appearance="primary" disabledFocusable={resuming.isRunning} onClick={() => void resume()}>
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
