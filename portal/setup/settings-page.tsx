import { Button, MessageBar, MessageBarBody, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useIsAdmin } from "../frame/me.tsx";
import { Page } from "../frame/page.tsx";
import type { PageParams } from "../frame/route-match.ts";
import { useSay } from "../frame/toasts.tsx";
import { Failed, Loading, Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { AdvancedSection } from "./advanced-section.tsx";
import { ConnectorLinks } from "./connector-links.tsx";
import { type ConnectorDetails, toConnectorDeps } from "./drafts.ts";
import { FilesSection } from "./files-section.tsx";
import { RemoveConnector } from "./remove-connector.tsx";
import type { Saver } from "./saver.ts";
import { ScheduleSetting } from "./schedule-setting.tsx";
import { Section } from "./section.tsx";
import { SettingsProvider } from "./settings-context.tsx";
import { SiteSection } from "./site-section.tsx";
import { useForm, useKeeping, useLoadedSaver, useSaverState } from "./use-saver.ts";
import { ValidationPanel } from "./validation-panel.tsx";

const words = texts.setup;
const useStyles = makeStyles({
  bar: {
    position: "sticky",
    bottom: 0,
    display: "flex",
    flexWrap: "wrap",
    gap: tokens.spacingHorizontalM,
    alignItems: "center",
    padding: tokens.spacingHorizontalM,
    marginBottom: tokens.spacingVerticalL,
    backgroundColor: tokens.colorNeutralBackground1,
    borderTop: `1px solid ${tokens.colorNeutralStroke1}`,
    zIndex: 1,
  },
});

/** A connector's settings: the same parts as in the wizard. What is running already is saved by a button, not as one types. */
export function SettingsPage({ params }: { readonly params: PageParams }): ReactNode {
  const name = params["name"] ?? "";
  const { saver, error, reload } = useLoadedSaver(`connector:${name}`, toConnectorDeps(name));
  const crumbs = [
    { to: "/", text: words.wizard.crumb },
    { to: `/connectors/${name}`, text: name },
  ];
  return (
    <Page title={words.edit.title(name)} crumbs={crumbs} beside={<ConnectorLinks name={name} here="settings" />}>
      {saver !== undefined && <Settings name={name} saver={saver} />}
      {saver === undefined && (error === undefined ? <Loading lines={8} /> : <Failed error={error} retry={reload} />)}
    </Page>
  );
}

function Settings({ name, saver }: { readonly name: string; readonly saver: Saver<ConnectorDetails> }): ReactNode {
  const isReadOnly = !useIsAdmin();
  useKeeping(`connector:${name}`, saver, false);
  const form = useForm(saver, { isReadOnly, isFeedFixed: true, savesAsOneGoes: false });
  const trust = (hostKeys: readonly string[]): Promise<boolean> => {
    saver.change({ "site.hostKeys": [...hostKeys] });
    return saver.flush();
  };
  return (
    <SettingsProvider form={form}>
      <Section title={words.sections.site}>
        {form.shown.feed !== undefined && <Text>{`${words.feed.label}: ${form.shown.feed}. ${words.feed.fixed}`}</Text>}
        <SiteSection />
      </Section>
      <Section title={words.sections.files}>
        <FilesSection />
        <ScheduleSetting />
      </Section>
      <AdvancedSection />
      {!isReadOnly && <SaveBar saver={saver} />}
      {!isReadOnly && (
        <Section title={words.validation.start}>
          <ValidationPanel name={name} beforeStart={() => saver.flush()} trust={trust} onValidated={() => undefined} />
        </Section>
      )}
      {!isReadOnly && <RemoveConnector name={name} saver={saver} />}
    </SettingsProvider>
  );
}

function SaveBar({ saver }: { readonly saver: Saver<ConnectorDetails> }): ReactNode {
  const styles = useStyles();
  const say = useSay();
  const { pending, faults, isSaving, error, isChangedElsewhere } = useSaverState(saver);
  const count = Object.keys(pending).length;
  const isOtherSite = "site.host" in pending || "site.port" in pending;
  const save = async (): Promise<void> => {
    // Faulty values are tried once more: the fault may have been about another field.
    if (await saver.retry()) say(words.edit.saved);
  };
  return (
    <>
      {isChangedElsewhere && <Notice text={words.wizard.elsewhere} />}
      {isOtherSite && <Notice text={words.edit.hostChanged} />}
      {error !== undefined && <Problem error={error} />}
      <section className={styles.bar} aria-label={words.edit.save}>
        <Button
          appearance="primary"
          disabled={count === 0}
          disabledFocusable={isSaving}
          {...(isSaving ? { icon: <Spinner size="tiny" /> } : {})}
          onClick={() => void save()}
        >
          {words.edit.save}
        </Button>
        <Button disabled={count === 0 || isSaving} onClick={() => saver.discard()}>
          {words.edit.discard}
        </Button>
        <div role="status">
          {count > 0 && words.edit.changes(count)} {Object.keys(faults).length > 0 && words.wizard.unsaved}
        </div>
      </section>
    </>
  );
}

function Notice({ text }: { readonly text: string }): ReactNode {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>{text}</MessageBarBody>
    </MessageBar>
  );
}
