import { Button } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import { ask } from "../api.ts";
import { useIsAdmin } from "../frame/me.tsx";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { toCountText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import type { DropDialogProps } from "./dialog-props.ts";

/** Sends given-up work of the drop again: all of it, or one piece. */
export function RedriveDialog({ drop, id, onClose, onDone }: DropDialogProps & { readonly id?: string }): ReactNode {
  const say = useSay();
  const action = useAction(async () => {
    const { body } = await ask("redriveDrop", { params: { drop: drop.drop }, body: id === undefined ? {} : { id } });
    return body;
  });
  return (
    <Confirm
      title={texts.drop.redriveTitle}
      verb={texts.drop.redrive}
      action={action}
      onClose={onClose}
      onDone={({ sent, refused }) => {
        if (sent.length > 0) say(texts.drop.redriven(toCountText(sent.length, "piece", "pieces")));
        for (const { reason } of refused) say(`${texts.drop.redriveRefused("1")} ${reason}`, "warning");
        onDone();
      }}
    >
      {texts.drop.redriveWhat}
    </Confirm>
  );
}

/** A button for one piece of work. */
export function RedriveButton(props: { readonly drop: DropView; readonly id: string; readonly done: () => void }) {
  const [isOpen, setIsOpen] = useState(false);
  if (!useIsAdmin()) return null;
  const close = (): void => setIsOpen(false);
  const done = (): void => {
    close();
    props.done();
  };
  return (
    <>
      <Button size="small" onClick={() => setIsOpen(true)}>
        {texts.drop.redrive}
      </Button>
      {isOpen && <RedriveDialog drop={props.drop} id={props.id} onClose={close} onDone={done} />}
    </>
  );
}
