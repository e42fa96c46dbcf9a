import { MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { ConnectorDetails } from "../../shared/api/contract/connectors.ts";
import { DropTable } from "../drops/drop-table.tsx";
import { ButtonLink, Link } from "../frame/link.tsx";
import { Page } from "../frame/page.tsx";
import type { PageParams } from "../frame/route-match.ts";
import { type Fact, Facts } from "../parts/facts.tsx";
import { Instant } from "../parts/instant.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { Section } from "../parts/section.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { type InstantValue, toLocalText } from "../parts/times.ts";
import { toScheduleChoice } from "../setup/schedule.ts";
import { toScheduleText } from "../setup/settings-summary.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { askedFetchOf, isFetchAwaited, noteAskedFetch } from "./asked-fetches.ts";
import { ConnectorActions } from "./connector-actions.tsx";
import { ConnectorStateBadge } from "./connector-state.tsx";
import { SecretTable } from "./secret-table.tsx";

const pollInMs = 10_000;
const busyPollInMs = 2_000;

const useStyles = makeStyles({
  box: { marginBottom: tokens.spacingVerticalM },
  pages: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS, marginBottom: tokens.spacingVerticalL },
});

/** One connector: how it stands, its latest drops, its keys, and what can be done with it. */
export function ConnectorPage({ params }: { readonly params: PageParams }): ReactNode {
  const name = params["name"] ?? "";
  // What was asked for when the connector was set up counts, too.
  const [askedAt, setAskedAt] = useState(() => askedFetchOf(name));
  const isFetching = ({ fetches }: ConnectorDetails): boolean => isFetchAwaited(askedAt, fetches.triedAt, Date.now());
  const resource = useResource(
    "readConnector",
    { params: { name } },
    { pollInMs: (details) => (isFetching(details) ? busyPollInMs : pollInMs) },
  );
  const { data, reload } = resource;
  const fetchAsked = (at: string): void => {
    noteAskedFetch(name, at);
    setAskedAt(at);
    reload();
  };
  const crumbs = [{ to: "/", text: texts.connectors.title }];
  return (
    <Page
      title={name}
      crumbs={crumbs}
      badge={
        data !== undefined && (
          <ConnectorStateBadge connector={{ isPaused: data.connector.isPaused, fetches: data.fetches }} />
        )
      }
      beside={
        data !== undefined && (
          <ConnectorActions details={data} isFetching={isFetching(data)} fetchAsked={fetchAsked} changed={reload} />
        )
      }
    >
      <Loaded resource={resource}>
        {(details) => <Known name={name} details={details} isFetching={isFetching(details)} />}
      </Loaded>
    </Page>
  );
}

interface KnownProps {
  readonly name: string;
  readonly details: ConnectorDetails;
  readonly isFetching: boolean;
}

function Known({ name, details, isFetching }: KnownProps): ReactNode {
  const styles = useStyles();
  const { fetches } = details;
  const base = `/connectors/${encodeURIComponent(name)}`;
  return (
    <>
      {fetches.refused !== undefined && (
        <MessageBar intent="error" layout="multiline" className={styles.box}>
          <MessageBarBody>
            <MessageBarTitle>{fetches.refused.message}</MessageBarTitle>{" "}
            {texts.connector.refused(toLocalText(fetches.refused.until))}
          </MessageBarBody>
        </MessageBar>
      )}
      <nav className={styles.pages} aria-label={texts.connector.pages}>
        <ButtonLink to={`${base}/settings`}>{texts.connector.settings}</ButtonLink>
        <ButtonLink to={`${base}/keys`}>{texts.connector.keys}</ButtonLink>
        <ButtonLink to={`${base}/mapping`}>{texts.connector.mapping}</ButtonLink>
      </nav>
      <Section title={texts.connector.state}>
        <Facts facts={toFacts(details, isFetching)} />
      </Section>
      <Section
        title={texts.connector.drops}
        beside={<Link to={`/drops?${new URLSearchParams({ connector: name })}`}>{texts.connector.allDrops}</Link>}
      >
        <LatestDrops name={name} isFetching={isFetching} />
      </Section>
      <Section title={texts.connector.secrets}>
        <SecretTable name={name} />
      </Section>
    </>
  );
}

function LatestDrops({ name, isFetching }: { readonly name: string; readonly isFetching: boolean }): ReactNode {
  const pollsEach = isFetching ? busyPollInMs : pollInMs;
  const drops = useResource("listDrops", { query: { connector: name, limit: 5 } }, { pollInMs: () => pollsEach });
  return (
    <Loaded resource={drops} lines={3}>
      {({ items }) => (items.length === 0 ? <NoDrops isFetching={isFetching} /> : <DropTable drops={items} />)}
    </Loaded>
  );
}

function NoDrops({ isFetching }: { readonly isFetching: boolean }): ReactNode {
  const { drops, connector } = texts;
  return isFetching ? (
    <Empty title={connector.fetchAsked}>{connector.fetchAskedWhat}</Empty>
  ) : (
    <Empty title={drops.emptyTitle}>{drops.empty}</Empty>
  );
}

function toFacts({ connector, fetches, validated }: ConnectorDetails, isFetching: boolean): readonly Fact[] {
  const words = texts.connector;
  return [
    [
      words.site,
      `${connector.site.host}:${connector.site.port}${connector.site.folder === "/" ? "" : ` ${connector.site.folder}`}`,
    ],
    [words.feed, connector.feed],
    [words.schedule, toScheduleText(toScheduleChoice(connector.schedule))],
    [words.zone, connector.zone],
    [words.itemLimit, connector.itemLimit === 0 ? words.noLimit : toNumberText(connector.itemLimit)],
    [words.fetchedAt, isFetching ? words.fetching : toInstant(fetches.fetchedAt, texts.parts.never)],
    [words.triedAt, toInstant(fetches.triedAt)],
    [words.lastFileAt, toInstant(fetches.lastFileAt)],
    [words.nextAt, connector.isPaused ? texts.connectors.paused : toInstant(fetches.nextAt)],
    [words.unsettled, fetches.unsettled === 0 ? undefined : toNumberText(fetches.unsettled)],
    [words.validated, validated && <Validated key="validated" validated={validated} />],
  ];
}

function toInstant(at: InstantValue | undefined, otherwise?: string): ReactNode {
  return at === undefined ? otherwise : <Instant at={at} />;
}

function Validated({ validated }: { readonly validated: NonNullable<ConnectorDetails["validated"]> }): ReactNode {
  const { verdict, failedStep = "", at } = validated;
  const steps: Readonly<Record<string, string>> = texts.setup.validation.names;
  return (
    <>
      <Instant at={at} />:{" "}
      {verdict === "fails"
        ? texts.connector.validatedFailed(steps[failedStep] ?? failedStep)
        : texts.connector.validatedAs[verdict]}
    </>
  );
}
