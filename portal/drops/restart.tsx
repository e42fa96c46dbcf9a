import { type ReactNode, useState } from "react";
import { ask } from "../api.ts";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import type { DropDialogProps } from "./dialog-props.ts";

/** Gives an open generation up and begins the next. */
export function RestartDialog({ drop, onClose, onDone }: DropDialogProps): ReactNode {
  const say = useSay();
  const [generation] = useState(drop.generation ?? 1);
  const action = useAction(async () => {
    const { body } = await ask("restartDrop", { params: { drop: drop.drop }, body: { generation } });
    return body;
  });
  return (
    <Confirm
      title={texts.drop.restartTitle}
      verb={texts.drop.restart}
      action={action}
      onClose={onClose}
      onDone={(moved) => {
        say(texts.drop.restarted(moved.generation));
        onDone();
      }}
    >
      {texts.drop.restartWhat(generation)}
    </Confirm>
  );
}
