import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { ListUpload } from "./list-upload.tsx";
import { defaults } from "./settings.ts";
import { toFieldId, useSettings } from "./settings-context.tsx";
import { TypedSetting } from "./typed-setting.tsx";

const words = texts.setup.people;

/** Whose chats are imported: everybody's, those on a list, or a group's. */
export function PeopleSection({
  name,
  onChanged,
}: {
  readonly name: string;
  readonly onChanged: () => void;
}): ReactNode {
  const { shown, faults, change, leaveField, isReadOnly } = useSettings();
  const people = shown.people ?? defaults.people;
  // A group is no value before its id is known; until then the choice is kept here.
  const [isChoosingGroup, setIsChoosingGroup] = useState(false);
  const type = isChoosingGroup ? "group" : people.type;
  const choose = (next: string): void => {
    setIsChoosingGroup(next === "group");
    if (next !== "everybody" && next !== "list") return;
    change({ people: { type: next } });
    leaveField();
  };
  return (
    <>
      <Field {...(faults.people === undefined || type === "group" ? {} : { validationMessage: faults.people })}>
        <RadioGroup
          id={type === "group" ? `${toFieldId("people")}-choice` : toFieldId("people")}
          aria-label={words.heading}
          value={type}
          disabled={isReadOnly}
          onChange={(_event, { value }) => choose(value)}
        >
          <Radio value="everybody" label={words.everybody} />
          <Radio value="list" label={words.list} />
          <Radio value="group" label={words.group} />
        </RadioGroup>
      </Field>
      {type === "group" && (
        <TypedSetting
          path="people"
          label={words.groupLabel}
          hint={words.groupHint}
          isRequired
          placeholder="11111111-2222-3333-4444-555555555555"
          text={people.type === "group" ? people.group : ""}
          read={readGroup}
        />
      )}
      {type === "list" && <HoldList name={name} isReadOnly={isReadOnly} onChanged={onChanged} />}
    </>
  );
}

function readGroup(text: string) {
  const group = text.trim().toLowerCase();
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(group);
  return isId ? { changes: { people: { type: "group", group } as const } } : { problem: words.groupForm };
}

function HoldList(props: {
  readonly name: string;
  readonly isReadOnly: boolean;
  readonly onChanged: () => void;
}): ReactNode {
  const { name, isReadOnly, onChanged } = props;
  const list = useResource("readHoldList", { params: { name } });
  if (list.data === undefined)
    return list.error === undefined ? null : <Problem error={list.error} retry={list.reload} />;
  const kept = { file: list.data.file, problem: list.data.problem, etag: list.etag, reload: list.reload };
  return (
    <ListUpload
      kind="hold-list"
      name={name}
      kept={kept}
      isReadOnly={isReadOnly}
      onTaken={() => {
        list.reload();
        onChanged();
      }}
    />
  );
}
