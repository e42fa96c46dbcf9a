import { makeStyles } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { AuditEntry } from "../../shared/api/contract/audit.ts";
import { toDownloadUrl } from "../api.ts";
import { ButtonLink } from "../frame/link.tsx";
import { Page } from "../frame/page.tsx";
import { useAddressValue } from "../frame/router.tsx";
import { Code } from "../parts/copy-text.tsx";
import { DayFilter, Filters } from "../parts/filters.tsx";
import { Instant } from "../parts/instant.tsx";
import { Pager, useCursor } from "../parts/pager.tsx";
import { toPrincipalText } from "../parts/principal.ts";
import { Empty, Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";

const useStyles = makeStyles({
  details: { margin: 0, padding: 0, listStyleType: "none" },
});

/** Who asked for which change, and when. */
export function AuditPage(): ReactNode {
  const [from] = useAddressValue("from");
  const [to] = useAddressValue("to");
  const days = { from: from || undefined, to: to || undefined };
  const entries = useResource("listAudit", { query: { ...days, cursor: useCursor() } }, { keepsLast: true });
  const download = (
    <ButtonLink isDownload to={toDownloadUrl("downloadAudit", { query: days })}>
      {texts.audit.download}
    </ButtonLink>
  );
  return (
    <Page title={texts.audit.title} lead={texts.audit.lead} beside={download}>
      <Filters label={texts.parts.filters}>
        <DayFilter name="from" label={texts.parts.from} />
        <DayFilter name="to" label={texts.parts.to} />
      </Filters>
      <Loaded resource={entries}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Empty title={texts.audit.emptyTitle}>{texts.audit.empty}</Empty>
            ) : (
              <Table label={texts.audit.label} columns={columns} rows={items} keyOf={({ id }) => id} />
            )}
            <Pager next={next} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

const columns: readonly Column<AuditEntry>[] = [
  { title: texts.audit.at, cell: ({ at }) => <Instant at={at} /> },
  { title: texts.audit.who, cell: ({ principal }) => <span title={principal}>{toPrincipalText(principal)}</span> },
  { title: texts.audit.action, cell: ({ action }) => action },
  { title: texts.audit.target, cell: ({ target }) => <Code>{target}</Code> },
  { title: texts.audit.by, cell: ({ by }) => toWay(by) },
  { title: texts.audit.details, cell: ({ details }) => <Details details={details} /> },
];

function toWay(by: string): string {
  const known: Readonly<Record<string, string>> = texts.audit.ways;
  return known[by] ?? by;
}

function Details({ details }: Pick<AuditEntry, "details">): ReactNode {
  const styles = useStyles();
  return (
    <ul className={styles.details}>
      {Object.entries(details).map(([name, value]) => (
        <li key={name}>
          {name}: {Array.isArray(value) ? value.join(", ") : String(value)}
        </li>
      ))}
    </ul>
  );
}
