import { MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { Found } from "../../shared/api/contract/search.ts";
import type { Reply } from "../api-types.ts";
import { Link } from "../frame/link.tsx";
import { toCountText } from "../parts/numbers.ts";
import { Pager, useCursor } from "../parts/pager.tsx";
import { Section } from "../parts/section.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toDayText } from "../parts/times.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { toDropLink, toFoundDetails, toFoundName } from "./found-text.ts";

type Answer = Reply<"search">;

const useStyles = makeStyles({
  gaps: { marginBottom: tokens.spacingVerticalM },
  how: { color: tokens.colorNeutralForeground2 },
});

/** What was found, what it was looked for as, and what could not be looked into. */
export function Results({ text }: { readonly text: string }): ReactNode {
  const cursor = useCursor("fragment");
  const body = cursor === undefined ? { text } : { text, cursor };
  const found = useResource("search", { body });
  return (
    <Section title={texts.search.results}>
      <Loaded resource={found}>
        {(answer) => (
          <>
            <Gaps answer={answer} />
            {answer.items.length === 0 ? <Nothing answer={answer} /> : <FoundTable items={answer.items} />}
            <How answer={answer} />
            <Pager next={answer.next} where="fragment" />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Nothing({ answer }: { readonly answer: Answer }): ReactNode {
  const { search } = texts;
  return <Empty title={search.noneTitle}>{answer.next === undefined ? search.none : search.noneYet}</Empty>;
}

/** Nobody may take silence for proof: what was not looked into is told, also where something was found. */
function Gaps({ answer: { notSearched } }: { readonly answer: Answer }): ReactNode {
  const styles = useStyles();
  const { search } = texts;
  if (notSearched.length === 0) return null;
  return (
    <MessageBar intent="warning" layout="multiline" className={styles.gaps}>
      <MessageBarBody>
        <MessageBarTitle>{search.notSearchedTitle}</MessageBarTitle>
        {notSearched.map(({ what, reason, drops }) => (
          <div key={`${what} ${reason}`}>
            {search.notSearched(toCountText(drops, "drop"), search.what[what], search.whyNot[reason])}
          </div>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}

function How({ answer: { kinds, searchedDrops, searchedTo, next } }: { readonly answer: Answer }): ReactNode {
  const styles = useStyles();
  const { search } = texts;
  return (
    <p className={styles.how}>
      {search.asWhat(kinds.map((kind) => search.kinds[kind]).join(", "))}{" "}
      {search.searched(toCountText(searchedDrops, "drop"))}{" "}
      {searchedTo !== undefined && next !== undefined && search.searchedTo(toDayText(searchedTo))}
    </p>
  );
}

function FoundTable({ items }: { readonly items: readonly Found[] }): ReactNode {
  return <Table label={texts.search.results} columns={columns} rows={items} keyOf={toFoundKey} />;
}

const columns: readonly Column<Found>[] = [
  { title: texts.search.found, cell: (found) => <Link to={toDropLink(found)}>{toFoundName(found)}</Link> },
  { title: texts.search.type, cell: ({ type }) => texts.search.types[type] },
  { title: texts.search.drop, cell: ({ connector, siteDay }) => `${connector}, ${toDayText(siteDay)}` },
  { title: texts.search.details, cell: (found) => toFoundDetails(found).map((line) => <div key={line}>{line}</div>) },
];

function toFoundKey(found: Found): string {
  return JSON.stringify(found);
}
