import { MessageBar, MessageBarBody, makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import type { Saver } from "./saver.ts";
import { useSaverState } from "./use-saver.ts";

const words = texts.setup.wizard;
const useStyles = makeStyles({
  state: { minHeight: "1.5rem", marginBottom: tokens.spacingVerticalM, color: tokens.colorNeutralForeground2 },
  stack: { display: "grid", rowGap: tokens.spacingVerticalM, maxWidth: "48rem", marginBottom: tokens.spacingVerticalM },
});

/** Whether what was entered is safe. Told politely: a screen reader is not interrupted at each letter. */
export function SaveState<Body>({ saver }: { readonly saver: Saver<Body> }): ReactNode {
  const styles = useStyles();
  const { pending, faults, isSaving, error, isChangedElsewhere } = useSaverState(saver);
  const hasPending = Object.keys(pending).length > 0;
  const hasFaults = Object.keys(faults).length > 0;
  return (
    <>
      <div role="status" className={styles.state}>
        <Text size={200}>{hasFaults ? words.unsaved : isSaving || hasPending ? words.saving : words.saved}</Text>
      </div>
      {(error !== undefined || isChangedElsewhere) && (
        <div className={styles.stack}>
          {isChangedElsewhere && (
            <MessageBar intent="info" layout="multiline">
              <MessageBarBody>{words.elsewhere}</MessageBarBody>
            </MessageBar>
          )}
          {error !== undefined && (
            <>
              <Text>{words.failed}</Text>
              <Problem error={error} retry={() => void saver.flush()} />
            </>
          )}
        </div>
      )}
    </>
  );
}
