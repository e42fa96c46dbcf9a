import { Button, MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { FileCheck } from "../../shared/api/contract/mapping.ts";
import { Confirm } from "../parts/confirm.tsx";
import { texts } from "../texts.ts";
import { type Action, useAction } from "../use-action.ts";
import { FaultTable } from "./fault-table.tsx";
import { LookedUpAddresses } from "./looked-up-addresses.tsx";

const words = texts.setup.list;
const useStyles = makeStyles({
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM },
});

interface CheckedListProps {
  readonly check: FileCheck;
  /** Takes it; true: the good lines only. */
  readonly take: Action<boolean, true>;
  /** Looks more of its addresses up. */
  readonly goOn: Action<void, true>;
  readonly onDiscard: () => void;
}

/** What a file would change, and its bad lines. Nothing of it is taken before somebody says what. */
export function CheckedList({ check, take, goOn, onDiscard }: CheckedListProps): ReactNode {
  const styles = useStyles();
  const { added, changed, removed, unchanged } = check.changes;
  return (
    <>
      <MessageBar intent={check.isGood ? "success" : "warning"} layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{check.isGood ? words.good : words.bad(check.badLines)}</MessageBarTitle>{" "}
          {words.changes(added, changed, removed, unchanged)}{" "}
          {check.warnings.length > 0 && words.repeated(check.warnings.length)}
        </MessageBarBody>
      </MessageBar>
      {check.faults.length > 0 && (
        <FaultTable
          faults={check.faults}
          heading={words.faults(check.badLines)}
          fileName="bad-lines.csv"
          download={words.downloadFaults}
        />
      )}
      <LookedUpAddresses found={check.directory} goOn={goOn} />
      <div className={styles.row}>
        {check.isGood ? (
          <TakeAll check={check} take={take} />
        ) : (
          check.entries > 0 && <TakeGood check={check} take={take} />
        )}
        <Button disabledFocusable={take.isRunning} onClick={onDiscard}>
          {words.discard}
        </Button>
      </div>
    </>
  );
}

type TakeProps = Pick<CheckedListProps, "check" | "take">;

/** At once where nothing speaks against it; else after the admin has said so. */
function TakeAll({ check, take }: TakeProps): ReactNode {
  const [isAsking, setIsAsking] = useState(false);
  const takeAll = useAction<void, true>(async () => {
    await take.run(false);
    return true;
  });
  const doubtful = check.directory.faults.length;
  return (
    <>
      <Button
        appearance="primary"
        disabledFocusable={take.isRunning}
        onClick={() => (doubtful === 0 ? void take.run(false) : setIsAsking(true))}
      >
        {words.takeAll}
      </Button>
      {isAsking && (
        <Confirm
          title={words.takeDoubtfulTitle(doubtful)}
          verb={words.takeAll}
          action={takeAll}
          onDone={() => setIsAsking(false)}
          onClose={() => setIsAsking(false)}
        >
          {words.takeDoubtfulWhat}
        </Confirm>
      )}
    </>
  );
}

function TakeGood({ check, take }: TakeProps): ReactNode {
  const [isAsking, setIsAsking] = useState(false);
  const takeGood = useAction<void, true>(async () => {
    await take.run(true);
    return true;
  });
  return (
    <>
      <Button onClick={() => setIsAsking(true)}>{words.takeGood(check.entries)}</Button>
      {isAsking && (
        <Confirm
          title={words.takeGoodTitle(check.badLines)}
          verb={words.takeGood(check.entries)}
          action={takeGood}
          onDone={() => setIsAsking(false)}
          onClose={() => setIsAsking(false)}
        >
          {words.takeGoodWhat}
        </Confirm>
      )}
    </>
  );
}
