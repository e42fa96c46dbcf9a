import type { ReactNode } from "react";
import { useIsAdmin } from "../frame/me.tsx";
import { Page } from "../frame/page.tsx";
import type { PageParams } from "../frame/route-match.ts";
import { useRouter } from "../frame/router.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { AddPeople } from "./add-people.tsx";
import { ConnectorLinks } from "./connector-links.tsx";
import { type ConnectorDetails, toConnectorDeps } from "./drafts.ts";
import { readMappingLink } from "./mapping-link.ts";
import { AutomaticSetting, MappingFile, useMappingResource } from "./mapping-section.tsx";
import { PeopleSection } from "./people-section.tsx";
import { PersonTest } from "./person-test.tsx";
import { SaveState } from "./save-state.tsx";
import type { Saver } from "./saver.ts";
import { Section } from "./section.tsx";
import { SettingsProvider } from "./settings-context.tsx";
import { useForm, useKeeping, useLoadedSaver } from "./use-saver.ts";

const words = texts.setup;

/** Who gets what, of a connector that runs; with people of a drop to add, where the address names some. */
export function MappingPage({ params }: { readonly params: PageParams }): ReactNode {
  const name = params["name"] ?? "";
  const { saver, error, reload } = useLoadedSaver(`connector:${name}`, toConnectorDeps(name));
  const crumbs = [
    { to: "/", text: words.wizard.crumb },
    { to: `/connectors/${name}`, text: name },
  ];
  return (
    <Page
      title={words.mapping.pageTitle(name)}
      crumbs={crumbs}
      lead={words.mapping.lead}
      beside={<ConnectorLinks name={name} here="mapping" />}
    >
      {saver !== undefined && <OfConnector name={name} saver={saver} />}
      {saver === undefined && (error === undefined ? <Loading lines={8} /> : <Failed error={error} retry={reload} />)}
    </Page>
  );
}

function OfConnector({ name, saver }: { readonly name: string; readonly saver: Saver<ConnectorDetails> }): ReactNode {
  const isReadOnly = !useIsAdmin();
  const { fragment } = useRouter().place;
  const imIds = readMappingLink(fragment);
  const mapping = useMappingResource(name);
  const key = `connector:${name}`;
  useKeeping(key, saver, !isReadOnly);
  const form = useForm(saver, { isReadOnly, isFeedFixed: true, savesAsOneGoes: !isReadOnly });
  return (
    <SettingsProvider form={form}>
      {!isReadOnly && <SaveState saver={saver} />}
      {!isReadOnly && imIds.length > 0 && (
        <Section title={words.mapping.addHeading}>
          <AddPeople key={imIds.join()} name={name} imIds={imIds} mapping={mapping} />
        </Section>
      )}
      <Section title={words.mapping.heading}>
        <AutomaticSetting />
      </Section>
      <MappingFile name={name} mapping={mapping} isReadOnly={isReadOnly} onChanged={() => void saver.retry()} />
      <Section title={words.people.heading}>
        <PeopleSection name={name} onChanged={() => void saver.retry()} />
      </Section>
      {!isReadOnly && (
        <Section title={words.person.heading}>
          <PersonTest name={name} beforeTest={() => saver.flush()} />
        </Section>
      )}
    </SettingsProvider>
  );
}
