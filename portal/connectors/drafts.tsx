import type { ReactNode } from "react";
import type { DraftSummary } from "../../shared/api/contract/drafts.ts";
import { Link } from "../frame/link.tsx";
import { useIsAdmin } from "../frame/me.tsx";
import { Instant } from "../parts/instant.tsx";
import { Section } from "../parts/section.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toStepAddress } from "../setup/wizard-steps.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";

/** Connectors that are being set up, for those who may go on; not there when there are none. */
export function Drafts(): ReactNode {
  return useIsAdmin() ? <DraftList /> : null;
}

function DraftList(): ReactNode {
  const { data } = useResource("listDrafts", { query: { limit: 100 } });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title={texts.connectors.drafts}>
      <Table label={texts.connectors.drafts} columns={columns} rows={data.items} keyOf={({ name }) => name} />
    </Section>
  );
}

const columns: readonly Column<DraftSummary>[] = [
  { title: texts.connectors.name, cell: ({ name }) => name },
  {
    title: texts.connectors.state,
    cell: ({ changedAt, problem }) => problem ?? (changedAt === undefined ? "" : <Instant at={changedAt} />),
  },
  {
    title: texts.parts.actions,
    cell: ({ name, nextStep = "terms" }) => (
      <Link to={toStepAddress(nextStep, name)} label={`${texts.connectors.goOn}: ${name}`}>
        {texts.connectors.goOn}
      </Link>
    ),
  },
];
