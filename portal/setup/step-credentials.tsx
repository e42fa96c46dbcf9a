import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { AdvancedSection } from "./advanced-section.tsx";
import { FilesSection } from "./files-section.tsx";
import { IceSection } from "./ice-section.tsx";
import { KeyCard } from "./key-card.tsx";
import { toPgpWays, toSshWays } from "./key-ways.ts";
import { PasswordCard } from "./password-card.tsx";
import { ScheduleSetting } from "./schedule-setting.tsx";
import { Section } from "./section.tsx";
import { defaults } from "./settings.ts";
import { useSettings } from "./settings-context.tsx";
import { SiteSection, unlessBlank } from "./site-section.tsx";
import { TypedSetting } from "./typed-setting.tsx";
import { currentOf, type SecretsView } from "./use-secrets.ts";

const words = texts.setup;

/** Which keys a connector needs, as it is set up at the moment. */
export function useNeeds(): { readonly ssh: boolean; readonly pgp: boolean; readonly password: boolean } {
  const { shown } = useSettings();
  const login = shown["site.login"] ?? defaults["site.login"];
  return {
    ssh: login !== "password",
    password: login !== "key",
    pgp: (shown.encryption ?? defaults.encryption).type === "pgp",
  };
}

/** Keys, what ICE has to know, the site, and what is fetched when. */
export function StepCredentials({
  name,
  secrets,
}: {
  readonly name: string;
  readonly secrets: SecretsView;
}): ReactNode {
  const { shown, isReadOnly } = useSettings();
  const needs = useNeeds();
  return (
    <>
      <Section title={words.sections.firm}>
        <FeedSetting />
      </Section>
      {needs.ssh && (
        <Section title={words.keys.ssh}>
          {words.keys.sshWhy}
          <KeyCard
            name={name}
            ways={toSshWays(name, "current")}
            current={currentOf(secrets.items, "ssh-key")}
            isReadOnly={isReadOnly}
            replaces
            onChanged={secrets.changed}
          />
        </Section>
      )}
      {needs.pgp && (
        <Section title={words.keys.pgp}>
          {words.keys.pgpWhy}
          <KeyCard
            name={name}
            ways={toPgpWays(name)}
            current={currentOf(secrets.items, "pgp-key")}
            isReadOnly={isReadOnly}
            replaces={false}
            onChanged={secrets.changed}
          />
        </Section>
      )}
      <Section title={words.sections.ice}>
        <IceSection name={name} feed={shown.feed} needs={needs} secrets={secrets} />
      </Section>
      <Section title={words.sections.site}>
        <SiteSection />
        {needs.password && <PasswordCard name={name} secrets={secrets} isReadOnly={isReadOnly} />}
      </Section>
      <Section title={words.sections.files}>
        <FilesSection />
        <ScheduleSetting />
      </Section>
      <AdvancedSection />
    </>
  );
}

/** The firm code is the site's user as well, unless somebody names another one there. */
function FeedSetting(): ReactNode {
  const { shown } = useSettings();
  return (
    <TypedSetting
      path="feed"
      {...words.feed}
      isRequired
      placeholder="ACME01"
      text={shown.feed ?? ""}
      read={(text) => ({ changes: { feed: unlessBlank(text) } })}
    />
  );
}
