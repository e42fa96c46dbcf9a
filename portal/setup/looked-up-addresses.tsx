import { Button, MessageBar, MessageBarBody, Spinner, Text } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import type { Action } from "../use-action.ts";
import { FaultTable } from "./fault-table.tsx";
import type { LookedUp } from "./looked-up.ts";

const words = texts.setup.list;

interface LookedUpProps {
  readonly found: LookedUp;
  /** Looks the next ones up. */
  readonly goOn: Action<void, true>;
}

/** Which addresses get nothing as the directory is now, and how many nobody has asked for yet. */
export function LookedUpAddresses({ found, goOn }: LookedUpProps): ReactNode {
  const { asked, left, faults, problem } = found;
  if (asked + left === 0) return null;
  return (
    <>
      <Text role="status">
        {words.lookedUp(asked, asked + left)} {left > 0 && words.leftToFirstDrop}
      </Text>
      {problem !== undefined && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{problem}</MessageBarBody>
        </MessageBar>
      )}
      {faults.length > 0 && (
        <>
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>{words.getNothing(faults.length)}</MessageBarBody>
          </MessageBar>
          <FaultTable
            faults={faults}
            heading={words.getNothingHeading(faults.length)}
            fileName="addresses.csv"
            download={words.downloadAddresses}
          />
        </>
      )}
      {left > 0 && (
        <div>
          <Button
            disabledFocusable={goOn.isRunning}
            {...(goOn.isRunning ? { icon: <Spinner size="tiny" /> } : {})}
            onClick={() => void goOn.run()}
          >
            {words.lookUpMore}
          </Button>
        </div>
      )}
      {goOn.error !== undefined && <Problem error={goOn.error} />}
    </>
  );
}
