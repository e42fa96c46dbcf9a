import { Field, Input } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { ask } from "../api.ts";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { toCountText, toNumberText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import type { DropDialogProps } from "./dialog-props.ts";

/** Lets a held drop go, once the admin has typed how many items that are: nobody lets ten times the usual day go by a slip. */
export function ReleaseDialog({ drop, onClose, onDone }: DropDialogProps): ReactNode {
  const say = useSay();
  const [seen] = useState(drop.items ?? 0);
  const [typed, setTyped] = useState("");
  const isRight = typed.replaceAll(/[\s,.]/g, "") === String(seen);
  const action = useAction(async () => {
    const { body } = await ask("releaseDrop", { params: { drop: drop.drop }, body: { items: seen } });
    return body;
  });
  const released = (): void => {
    say(texts.drop.released);
    onDone();
  };
  const { siteDayItems = seen, limit = 0 } = drop.gate ?? {};
  return (
    <Confirm
      title={texts.drop.releaseTitle}
      verb={texts.drop.release}
      action={action}
      isBlocked={!isRight}
      onClose={onClose}
      onDone={released}
    >
      <div>{texts.drop.releaseWhat(toCountText(siteDayItems, "item"), toNumberText(limit))}</div>
      <Field
        label={texts.drop.releaseCountField}
        hint={texts.drop.releaseCount(toNumberText(seen))}
        {...(typed !== "" && !isRight ? { validationMessage: texts.drop.releaseWrong } : {})}
      >
        <Input value={typed} onChange={(_, { value }) => setTyped(value)} inputMode="numeric" autoComplete="off" />
      </Field>
    </Confirm>
  );
}
