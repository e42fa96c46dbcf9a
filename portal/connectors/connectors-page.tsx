import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { AddRegular } from "@fluentui/react-icons/svg/add";
import type { ReactNode } from "react";
import type { ConnectorSummary } from "../../shared/api/contract/connectors.ts";
import { toInMailboxesText } from "../drops/in-mailboxes.ts";
import { DropStateBadge } from "../drops/state-badge.tsx";
import { toDropAddress } from "../drops/tabs.ts";
import { ButtonLink, Link } from "../frame/link.tsx";
import { useIsAdmin } from "../frame/me.tsx";
import { Page } from "../frame/page.tsx";
import { Instant } from "../parts/instant.tsx";
import { Pager, useCursor } from "../parts/pager.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toDayText } from "../parts/times.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { toConnectorNeeds } from "./connector-needs.ts";
import { ConnectorStateBadge } from "./connector-state.tsx";
import { Drafts } from "./drafts.tsx";
import { toSecretText } from "./secret-age.ts";

const pollInMs = 15_000;

/** The first page: every connector at a look. */
export function ConnectorsPage(): ReactNode {
  const isAdmin = useIsAdmin();
  const connectors = useResource(
    "listConnectors",
    { query: { cursor: useCursor() } },
    { keepsLast: true, pollInMs: () => pollInMs },
  );
  const add = (
    <ButtonLink to="/connectors/new" appearance="primary" icon={<AddRegular aria-hidden />}>
      {texts.connectors.add}
    </ButtonLink>
  );
  const isEmpty = connectors.data?.items.length === 0;
  return (
    <Page title={texts.connectors.title} lead={texts.connectors.lead} beside={isAdmin && !isEmpty && add}>
      <Loaded resource={connectors}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Empty title={texts.connectors.emptyTitle} action={isAdmin && add}>
                {isAdmin ? texts.connectors.empty : texts.connectors.emptyReader}
              </Empty>
            ) : (
              <Table label={texts.connectors.label} columns={columns} rows={items} keyOf={({ name }) => name} />
            )}
            <Pager next={next} />
          </>
        )}
      </Loaded>
      <Drafts />
    </Page>
  );
}

const columns: readonly Column<ConnectorSummary>[] = [
  {
    title: texts.connectors.name,
    cell: ({ name }) => <Link to={`/connectors/${encodeURIComponent(name)}`}>{name}</Link>,
  },
  { title: texts.connectors.state, cell: (connector) => <ConnectorStateBadge connector={connector} /> },
  { title: texts.connectors.lastDrop, cell: (connector) => <LastDrop connector={connector} /> },
  { title: texts.connectors.needs, cell: (connector) => <Needs connector={connector} /> },
  {
    title: texts.connectors.fetched,
    cell: ({ fetches }) =>
      fetches === undefined ? (
        ""
      ) : fetches.fetchedAt === undefined ? (
        texts.parts.never
      ) : (
        <Instant at={fetches.fetchedAt} />
      ),
  },
  {
    title: texts.connectors.next,
    cell: ({ fetches }) => fetches?.nextAt !== undefined && <Instant at={fetches.nextAt} />,
  },
  { title: texts.connectors.keys, cell: (connector) => <Secrets connector={connector} /> },
];

const useStyles = makeStyles({
  lines: { margin: 0, padding: 0, listStyleType: "none" },
  urgent: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2 },
});

interface ConnectorProps {
  readonly connector: ConnectorSummary;
}

function LastDrop({ connector: { lastDrop } }: ConnectorProps): ReactNode {
  const styles = useStyles();
  if (lastDrop === undefined) return texts.connectors.noDrop;
  const { drop, state, equation } = lastDrop;
  const day = /\d{4}-\d{2}-\d{2}/.exec(drop)?.[0] ?? "";
  return (
    <>
      <div>
        <Link to={toDropAddress(drop)}>{toDayText(day)}</Link> <DropStateBadge state={state} />
      </div>
      {equation !== undefined && (
        <div>
          <span className={styles.quiet}>{texts.drops.equation}:</span> {toInMailboxesText(equation)}
        </div>
      )}
    </>
  );
}

function Needs({ connector }: ConnectorProps): ReactNode {
  const styles = useStyles();
  const needs = toConnectorNeeds(connector, Date.now());
  if (needs.length === 0) return <span className={styles.quiet}>{texts.connectors.allWell}</span>;
  return (
    <ul className={styles.lines}>
      {needs.map(({ text, to, isUrgent }) => (
        <li key={text}>
          {to === undefined ? (
            <span className={mergeClasses(isUrgent && styles.urgent)}>{text}</span>
          ) : (
            <Link to={to} className={mergeClasses(isUrgent && styles.urgent)}>
              {text}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}

function Secrets({ connector: { secrets = [] } }: ConnectorProps): ReactNode {
  const styles = useStyles();
  const now = Date.now();
  return (
    <ul className={styles.lines}>
      {secrets
        .map((secret) => toSecretText(secret, now))
        .map(({ text, isUrgent }) => (
          <li key={text} className={isUrgent ? styles.urgent : undefined}>
            {text}
          </li>
        ))}
    </ul>
  );
}
