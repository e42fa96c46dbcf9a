import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { AutomaticSetting, MappingFile, useMappingResource } from "./mapping-section.tsx";
import { PeopleSection } from "./people-section.tsx";
import { PersonTest } from "./person-test.tsx";
import { Section } from "./section.tsx";
import { useSettings } from "./settings-context.tsx";

const words = texts.setup;

interface StepMappingProps {
  readonly name: string;
  readonly onChanged: () => void;
  readonly save: () => Promise<boolean>;
}

/** Who gets what. */
export function StepMapping({ name, onChanged, save }: StepMappingProps): ReactNode {
  const { isReadOnly } = useSettings();
  const mapping = useMappingResource(name);
  return (
    <>
      <Section title={words.mapping.heading}>
        {words.mapping.lead}
        <AutomaticSetting />
      </Section>
      <MappingFile name={name} mapping={mapping} isReadOnly={isReadOnly} onChanged={onChanged} />
      <Section title={words.people.heading}>
        <PeopleSection name={name} onChanged={onChanged} />
      </Section>
      {!isReadOnly && (
        <Section title={words.person.heading}>
          <PersonTest name={name} beforeTest={save} />
        </Section>
      )}
    </>
  );
}
