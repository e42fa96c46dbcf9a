import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Spinner,
  tokens,
} from "@fluentui/react-components";
import { type ReactNode, useId } from "react";
import { texts } from "../texts.ts";
import type { Action } from "../use-action.ts";
import { Problem } from "./states.tsx";
import { useFocusBack } from "./use-focus-back.ts";

const useStyles = makeStyles({
  content: { display: "grid", rowGap: tokens.spacingVerticalM },
});

/** What a question before a change is made of. */
export interface ConfirmProps<Result> {
  readonly title: string;
  /** What will happen, and anything to fill in. */
  readonly children: ReactNode;
  /** What the button does, as a verb: never just OK. */
  readonly verb: string;
  readonly action: Action<void, Result>;
  readonly onDone: (result: Result) => void;
  readonly onClose: () => void;
  /** Something that must be filled in first is not. */
  readonly isBlocked?: boolean;
}

/**
 * Asks before something is changed. The focus goes into the dialog, stays there, and goes back to where it was. A refusal
 * is shown in it, and it stays open, so that nothing that was filled in is lost. Render it while it is open.
 */
export function Confirm<Result>(props: ConfirmProps<Result>): ReactNode {
  const { action, onDone, onClose } = props;
  useFocusBack();
  const styles = useStyles();
  const formId = useId();
  const submit = async (): Promise<void> => {
    const result = await action.run();
    if (result !== undefined) onDone(result);
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !action.isRunning && onClose()}>
      <DialogSurface>
        <form
          id={formId}
          onSubmit={(event) => {
            event.preventDefault();
            if (props.isBlocked !== true) void submit();
          }}
        >
          <DialogBody>
            <DialogTitle>{props.title}</DialogTitle>
            <DialogContent className={styles.content}>
              {props.children}
              {action.error !== undefined && <Problem error={action.error} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose} disabled={action.isRunning}>
                {texts.parts.cancel}
              </Button>
              <Button
                type="submit"
                appearance="primary"
                disabled={props.isBlocked === true}
                disabledFocusable={action.isRunning}
                {...(action.isRunning ? { icon: <Spinner size="tiny" /> } : {})}
              >
                {props.verb}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
