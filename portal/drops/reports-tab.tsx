import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { DropView, GenerationEntry } from "../../shared/api/contract/drops.ts";
import { toDownloadUrl } from "../api.ts";
import { ButtonLink, Link } from "../frame/link.tsx";
import { Instant } from "../parts/instant.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { Section } from "../parts/section.tsx";
import { Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { texts } from "../texts.ts";
import { useGeneration } from "./generation-choice.tsx";
import { toScopeText } from "./scope-text.ts";
import { toDropAddress } from "./tabs.ts";
import { useReport } from "./use-generation-report.ts";

const useStyles = makeStyles({
  tables: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});

/** Every generation of the drop, and the tables of the one that is looked at. */
export function ReportsTab({ drop }: { readonly drop: DropView }): ReactNode {
  const styles = useStyles();
  const report = useReport(drop);
  const params = { drop: drop.drop, gen: useGeneration(drop) };
  return (
    <>
      <Section title={texts.drop.tables}>
        <p>{texts.drop.tablesLead}</p>
        <Loaded resource={report} lines={1}>
          {({ tables }) => (
            <div className={styles.tables}>
              {tables.map((kind) => (
                <ButtonLink key={kind} isDownload to={toDownloadUrl("downloadTable", { params: { ...params, kind } })}>
                  {texts.drop.table[kind]}
                </ButtonLink>
              ))}
            </div>
          )}
        </Loaded>
      </Section>
      <Section title={texts.drop.generations}>
        <Table
          label={texts.drop.generationsLabel}
          columns={toColumns(drop.drop)}
          rows={drop.generations}
          keyOf={({ generation }) => String(generation)}
        />
      </Section>
    </>
  );
}

function toColumns(drop: string): readonly Column<GenerationEntry>[] {
  return [
    {
      title: texts.drop.generation,
      cell: ({ generation, status }) =>
        status === "closed" || status === "running" ? (
          <Link to={toDropAddress(drop, "reports", { gen: String(generation) })}>
            {texts.drops.generation(generation)}
          </Link>
        ) : (
          texts.drops.generation(generation)
        ),
    },
    { title: texts.drop.status, cell: ({ status }) => texts.drop.statuses[status] },
    { title: texts.drop.scope, cell: (entry) => entry.scope !== undefined && toScopeText(entry) },
    { title: texts.drop.closedAt, cell: ({ closedAt }) => closedAt !== undefined && <Instant at={closedAt} /> },
    ...(["available", "imported", "partial", "skipped", "failed"] as const).map(
      (count): Column<GenerationEntry> => ({
        title: count === "available" ? texts.drop.available : texts.words.outcome[count],
        cell: ({ equation }) => equation !== undefined && toNumberText(equation[count]),
        isNumber: true,
      }),
    ),
    {
      title: texts.words.outcome.unmapped,
      cell: ({ unmappedItems }) => unmappedItems !== undefined && toNumberText(unmappedItems),
      isNumber: true,
    },
    {
      title: texts.drop.balanced,
      cell: ({ isBalanced }) => isBalanced !== undefined && (isBalanced ? texts.parts.yes : texts.parts.no),
    },
  ];
}
