import { Button, Field, Radio, RadioGroup, Textarea } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import { ask } from "../api.ts";
import type { Asked } from "../api-types.ts";
import { useIsAdmin } from "../frame/me.tsx";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { toCountText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import type { DropDialogProps } from "./dialog-props.ts";
import { type ScopeType, toScope } from "./reprocess-scope.ts";

/** What is to be reprocessed. */
export type Scope = NonNullable<Asked<"reprocessDrop">["body"]["scope"]>;

const types = ["drop", "files", "mailboxes", "items"] as const;

function useReprocess(drop: DropView) {
  // The generation that the admin has seen: asked for twice, it is done once.
  const [generation] = useState(drop.generation ?? 1);
  return useAction(async (scope: Scope) => {
    const { body } = await ask("reprocessDrop", { params: { drop: drop.drop }, body: { generation, scope } });
    return body;
  });
}

/** Asks what of the drop is to be reprocessed, and does so. */
export function ReprocessDialog({ drop, onClose, onDone }: DropDialogProps): ReactNode {
  const say = useSay();
  const action = useReprocess(drop);
  const [type, setType] = useState<ScopeType>("drop");
  const [text, setText] = useState("");
  const scope = toScope(type, text);
  return (
    <Confirm
      title={texts.drop.reprocessTitle}
      verb={texts.drop.reprocess}
      action={{ ...action, run: async () => (scope === undefined ? undefined : await action.run(scope)) }}
      isBlocked={scope === undefined}
      onClose={onClose}
      onDone={({ generation }) => {
        say(texts.drop.reprocessed(generation));
        onDone();
      }}
    >
      <div>{texts.drop.reprocessWhat}</div>
      <Field label={texts.drop.reprocessScope}>
        <RadioGroup value={type} onChange={(_, { value }) => setType(types.find((one) => one === value) ?? "drop")}>
          {types.map((one) => (
            <Radio key={one} value={one} label={texts.words.scope[one]} />
          ))}
        </RadioGroup>
      </Field>
      {type !== "drop" && (
        <Field label={texts.drop.reprocessIds[type]} hint={texts.drop.reprocessIdsHint[type]}>
          <Textarea value={text} onChange={(_, { value }) => setText(value)} rows={4} />
        </Field>
      )}
    </Confirm>
  );
}

/** Whether the reader may reprocess, and the drop can be: only then is there anything to select rows for. */
export function useMayReprocess(drop: DropView): boolean {
  return useIsAdmin() && drop.actions.reprocess;
}

interface ReprocessSelectedProps {
  readonly drop: DropView;
  readonly scope: Scope;
  readonly changed: () => void;
  /** Called when it was asked for. */
  readonly done: () => void;
}

/** Reprocesses what is selected in a list. */
export function ReprocessSelected({ drop, scope, changed, done }: ReprocessSelectedProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const text = texts.drop.reprocessSelected(toScopeText(scope));
  const close = (): void => setIsOpen(false);
  const onDone = (): void => {
    close();
    done();
    changed();
  };
  return (
    <>
      <Button appearance="primary" onClick={() => setIsOpen(true)}>
        {text}
      </Button>
      {isOpen && <SelectedDialog drop={drop} scope={scope} title={`${text}?`} onClose={close} onDone={onDone} />}
    </>
  );
}

function SelectedDialog(props: DropDialogProps & { readonly scope: Scope; readonly title: string }): ReactNode {
  const say = useSay();
  const action = useReprocess(props.drop);
  return (
    <Confirm
      title={props.title}
      verb={texts.drop.reprocess}
      action={{ ...action, run: () => action.run(props.scope) }}
      onClose={props.onClose}
      onDone={({ generation }) => {
        say(texts.drop.reprocessed(generation));
        props.onDone();
      }}
    >
      {texts.drop.reprocessWhat}
    </Confirm>
  );
}

function toScopeText(scope: Scope): string {
  if (scope.type === "files") return toCountText(scope.files.length, "file");
  if (scope.type === "items") return toCountText(scope.keys.length, "item");
  if (scope.type === "mailboxes") return toCountText(scope.mailboxes?.length ?? 0, "mailbox", "mailboxes");
  return texts.words.scope.drop;
}
