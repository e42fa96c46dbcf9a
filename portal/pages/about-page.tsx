import { Link as FluentLink } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { toUrl } from "../api.ts";
import { useMe } from "../frame/me.tsx";
import { Page } from "../frame/page.tsx";
import { CopyText } from "../parts/copy-text.tsx";
import { Facts } from "../parts/facts.tsx";
import { Instant } from "../parts/instant.tsx";
import { Section } from "../parts/section.tsx";
import { Loaded } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";

/** Where the build has put the licences of what the page is made of. */
const licences = document.querySelector('link[rel="license"]')?.getAttribute("href") ?? "";

/** What the app is, where its connections come from, what it is made of, and who is signed in. */
export function AboutPage(): ReactNode {
  const words = texts.about;
  const { id, role } = useMe();
  const system = useResource("readSystem", {});
  return (
    <Page title={words.title}>
      <Section title={words.app}>
        <Loaded resource={system} lines={2}>
          {({ version, outboundIp, now }) => (
            <>
              <Facts
                facts={[
                  [words.version, version],
                  [
                    words.outboundIp,
                    outboundIp === undefined ? (
                      words.noOutboundIp
                    ) : (
                      <CopyText key="ip" text={outboundIp} what={words.outboundIp} />
                    ),
                  ],
                  [words.clock, <Instant key="now" at={now} />],
                ]}
              />
              {outboundIp !== undefined && <p>{words.outboundWhat}</p>}
            </>
          )}
        </Loaded>
      </Section>
      <Section title={words.you}>
        <Facts
          facts={[
            [words.youId, id],
            [words.role, role === "admin" ? texts.frame.admin : texts.frame.reader],
          ]}
        />
      </Section>
      <Section title={words.api}>
        <p>{words.apiWhat}</p>
        <FileLink to={toUrl("readOpenApi")}>{words.openApi}</FileLink>
      </Section>
      <Section title={words.licences}>
        <p>{words.licencesWhat}</p>
        <FileLink to={licences}>{words.licenceLink}</FileLink>
      </Section>
    </Page>
  );
}

/** A link to a file: the browser opens it by itself. */
function FileLink({ to, children }: { readonly to: string; readonly children: ReactNode }): ReactNode {
  return (
    <FluentLink href={to} target="_blank" rel="noreferrer">
      {children}
    </FluentLink>
  );
}
