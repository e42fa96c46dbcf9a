import { Button, Text } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { ask } from "../api.ts";
import { useIsAdmin } from "../frame/me.tsx";
import { Page } from "../frame/page.tsx";
import type { PageParams } from "../frame/route-match.ts";
import { useSay } from "../frame/toasts.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Failed, Loaded } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import { useResource } from "../use-resource.ts";
import { ConnectorLinks } from "./connector-links.tsx";
import { TextForIce } from "./ice-section.tsx";
import { toRotationText } from "./ice-text.ts";
import { KeyCard } from "./key-card.tsx";
import { KeyFacts } from "./key-facts.tsx";
import { toPgpWays, toSshWays } from "./key-ways.ts";
import { PasswordCard } from "./password-card.tsx";
import { Section } from "./section.tsx";
import { usePublicHalves } from "./use-public-halves.ts";
import { currentOf, type SecretsView, useSecrets } from "./use-secrets.ts";

const words = texts.setup.rotate;

/** A connector's keys and password: old and new side by side until ICE has switched. */
export function KeysPage({ params }: { readonly params: PageParams }): ReactNode {
  const name = params["name"] ?? "";
  const connector = useResource("readConnector", { params: { name } });
  const secrets = useSecrets(name, () => undefined);
  const crumbs = [
    { to: "/", text: texts.setup.wizard.crumb },
    { to: `/connectors/${name}`, text: name },
  ];
  return (
    <Page
      title={texts.setup.edit.keysTitle(name)}
      crumbs={crumbs}
      lead={words.lead}
      beside={<ConnectorLinks name={name} here="keys" />}
    >
      {connector.data === undefined && connector.error !== undefined ? (
        <Failed error={connector.error} retry={connector.reload} />
      ) : (
        <Loaded resource={secrets.resource}>
          {() => <Keys name={name} feed={connector.data?.connector.feed} secrets={secrets} />}
        </Loaded>
      )}
    </Page>
  );
}

interface KeysProps {
  readonly name: string;
  readonly feed: string | undefined;
  readonly secrets: SecretsView;
}

function Keys(props: KeysProps): ReactNode {
  const isReadOnly = !useIsAdmin();
  return (
    <>
      <Section title={words.sshHeading}>
        <SshKeys {...props} isReadOnly={isReadOnly} />
      </Section>
      <Section title={words.pgpHeading}>
        <PgpKeys {...props} isReadOnly={isReadOnly} />
      </Section>
      <Section title={words.passwordHeading}>
        <Text>{words.passwordHow}</Text>
        <PasswordCard name={props.name} secrets={props.secrets} isReadOnly={isReadOnly} />
      </Section>
    </>
  );
}

function SshKeys({ name, feed, secrets, isReadOnly }: KeysProps & { readonly isReadOnly: boolean }): ReactNode {
  const current = currentOf(secrets.items, "ssh-key");
  const next = currentOf(secrets.items, "next-ssh-key");
  const halves = usePublicHalves(name, secrets.items);
  const old = current?.fingerprint;
  return (
    <>
      <Text>{words.sshHow}</Text>
      {current !== undefined && (
        <div>
          <Text weight="semibold">{words.current}</Text>
          <KeyFacts name={name} secret={current} />
        </div>
      )}
      {next !== undefined && <Text weight="semibold">{words.next}</Text>}
      <KeyCard
        name={name}
        ways={toSshWays(name, "next")}
        current={next}
        isReadOnly={isReadOnly}
        replaces
        verbs={{ generate: words.newSsh, own: words.ownSsh }}
        onChanged={secrets.changed}
      />
      {halves.next !== undefined && (
        <>
          <TextForIce
            fileName={`${name}-next-ssh-key.txt`}
            text={toRotationText(feed, { kind: "ssh", ...halves.next, ...(old === undefined ? {} : { old }) })}
          />
          {!isReadOnly && <Switch name={name} onSwitched={secrets.changed} />}
        </>
      )}
    </>
  );
}

function Switch({ name, onSwitched }: { readonly name: string; readonly onSwitched: () => void }): ReactNode {
  const say = useSay();
  const [isAsking, setIsAsking] = useState(false);
  const change = useAction<void, true>(async () => {
    await ask("switchSshKey", { params: { name } });
    return true;
  });
  const done = (): void => {
    setIsAsking(false);
    say(words.switched);
    onSwitched();
  };
  return (
    <div>
      <Button onClick={() => setIsAsking(true)}>{words.switch}</Button>
      {isAsking && (
        <Confirm
          title={words.switchTitle}
          verb={words.switch}
          action={change}
          onDone={done}
          onClose={() => setIsAsking(false)}
        >
          {words.switchWhat}
        </Confirm>
      )}
    </div>
  );
}

function PgpKeys({ name, feed, secrets, isReadOnly }: KeysProps & { readonly isReadOnly: boolean }): ReactNode {
  const keys = (secrets.items ?? []).filter(({ kind, isSet }) => kind === "pgp-key" && isSet);
  const [newest, ...older] = keys;
  const { pgp } = usePublicHalves(name, secrets.items);
  const old = older[0]?.fingerprint;
  return (
    <>
      <Text>{words.pgpHow}</Text>
      {newest !== undefined && (
        <Text weight="semibold">
          {texts.setup.keys.number(newest.number ?? 1)}: {words.current}
        </Text>
      )}
      <KeyCard
        name={name}
        ways={toPgpWays(name)}
        current={newest}
        isReadOnly={isReadOnly}
        replaces={false}
        verbs={{ generate: words.newPgp, own: words.ownPgp }}
        onChanged={secrets.changed}
      />
      {pgp !== undefined && old !== undefined && (
        <TextForIce fileName={`${name}-pgp-key.txt`} text={toRotationText(feed, { kind: "pgp", ...pgp, old })} />
      )}
      {older.map((secret) => (
        <div key={secret.number}>
          <Text weight="semibold">
            {texts.setup.keys.number(secret.number ?? 1)}: {texts.setup.keys.older}
          </Text>
          <KeyFacts name={name} secret={secret} />
        </div>
      ))}
    </>
  );
}
