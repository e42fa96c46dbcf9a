import { Field, Input, Textarea } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { Changes, SettingPath } from "./settings.ts";
import { toFieldId, useSettings } from "./settings-context.tsx";

/** What was typed, read: what to change, or what is wrong with it. */
export type ReadText = { readonly changes: Changes } | { readonly problem: string };

interface TypedSettingProps {
  readonly path: SettingPath;
  readonly label: string;
  readonly hint?: string;
  readonly isRequired?: boolean;
  readonly placeholder?: string;
  /** Id of a datalist with what is usual. */
  readonly list?: string;
  /** Takes several lines. */
  readonly rows?: number;
  readonly inputMode?: "text" | "numeric";
  /** The value that is known, as text. */
  readonly text: string;
  readonly read: (text: string) => ReadText;
}

/** A setting that is typed. What was typed stays as it is until the field is left, and for good while it cannot be read. */
export function TypedSetting({ path, label, hint, isRequired = false, text, read, ...more }: TypedSettingProps) {
  const { faults, change, leaveField, isReadOnly } = useSettings();
  const [typed, setTyped] = useState<{ readonly text: string; readonly problem: string | undefined }>();
  const problem = typed?.problem ?? faults[path];
  const take = (next: string): void => {
    const taken = read(next);
    if ("changes" in taken) change(taken.changes);
    setTyped({ text: next, problem: "problem" in taken ? taken.problem : undefined });
  };
  const leave = (): void => {
    if (typed?.problem === undefined) setTyped(undefined);
    leaveField();
  };
  return (
    <Field
      label={label}
      required={isRequired}
      {...(hint === undefined ? {} : { hint })}
      {...(problem === undefined ? {} : { validationMessage: problem })}
    >
      <TextControl
        id={toFieldId(path)}
        value={typed?.text ?? text}
        isReadOnly={isReadOnly}
        onText={take}
        onLeave={leave}
        {...more}
      />
    </Field>
  );
}

interface TextControlProps extends Pick<TypedSettingProps, "placeholder" | "list" | "rows" | "inputMode"> {
  readonly id: string;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly onText: (text: string) => void;
  readonly onLeave: () => void;
}

function TextControl({ isReadOnly, onText, onLeave, rows, list, placeholder, ...more }: TextControlProps): ReactNode {
  const shared = {
    ...more,
    readOnly: isReadOnly,
    autoComplete: "off",
    spellCheck: false,
    ...(placeholder === undefined ? {} : { placeholder }),
    onBlur: onLeave,
  };
  if (rows !== undefined) {
    return <Textarea {...shared} rows={rows} resize="vertical" onChange={(_event, { value }) => onText(value)} />;
  }
  const ofList = list === undefined ? {} : { list };
  return <Input {...shared} {...ofList} onChange={(_event, { value }) => onText(value)} />;
}
