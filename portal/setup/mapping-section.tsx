import type { ReactNode } from "react";
import type { Reply } from "../api-types.ts";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { type Resource, useResource } from "../use-resource.ts";
import { SwitchSetting } from "./advanced-section.tsx";
import { ListUpload } from "./list-upload.tsx";
import { Section } from "./section.tsx";
import { defaults } from "./settings.ts";
import { useSettings } from "./settings-context.tsx";

const words = texts.setup.mapping;

/** What is known of the mapping file. */
export type MappingResource = Resource<Reply<"readMapping">>;

/** Reads what is known of the mapping file. */
export function useMappingResource(name: string): MappingResource {
  return useResource("readMapping", { params: { name } });
}

/** Whether people are found by their own addresses. */
export function AutomaticSetting(): ReactNode {
  const { shown } = useSettings();
  return (
    <SwitchSetting
      path="mapping.isAutomatic"
      label={words.automatic}
      hint={words.automaticHint}
      isOn={shown["mapping.isAutomatic"] ?? defaults["mapping.isAutomatic"]}
      toChanges={(isOn) => ({ "mapping.isAutomatic": isOn })}
    />
  );
}

interface MappingFileProps {
  readonly name: string;
  readonly mapping: MappingResource;
  readonly isReadOnly: boolean;
  readonly onChanged: () => void;
}

/** The mapping file that is kept, and the way to another one. */
export function MappingFile({ name, mapping, isReadOnly, onChanged }: MappingFileProps): ReactNode {
  const { data, error, etag, reload } = mapping;
  return (
    <Section title={words.fileHeading}>
      {words.fileLead}
      {data === undefined && error !== undefined && <Problem error={error} retry={reload} />}
      {data !== undefined && (
        <ListUpload
          kind="mapping"
          name={name}
          kept={{ file: data.file, problem: data.problem, etag, reload }}
          isReadOnly={isReadOnly}
          onTaken={() => {
            reload();
            onChanged();
          }}
        />
      )}
    </Section>
  );
}
