import type { ReactNode } from "react";
import { Link } from "../frame/link.tsx";
import { Page } from "../frame/page.tsx";
import { useAddressValue, useRouter } from "../frame/router.tsx";
import { ChoiceFilter, DayFilter, Filters } from "../parts/filters.tsx";
import { Pager, useCursor } from "../parts/pager.tsx";
import { Empty, Loaded } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { DropTable } from "./drop-table.tsx";

const states = ["open", "held", "needsAHand", "closed"] as const;
const pollInMs = 15_000;

/** All drops, by connector, day and state. */
export function DropsPage(): ReactNode {
  const [connector] = useAddressValue("connector");
  const [from] = useAddressValue("from");
  const [to] = useAddressValue("to");
  const [asked] = useAddressValue("state");
  const state = states.find((one) => one === asked);
  const query = {
    cursor: useCursor(),
    connector: connector || undefined,
    from: from || undefined,
    to: to || undefined,
    state,
  };
  const drops = useResource("listDrops", { query }, { keepsLast: true, pollInMs: () => pollInMs });
  const isFiltered = [connector, from, to, asked].some((value) => value !== "");
  return (
    <Page title={texts.drops.title} lead={texts.drops.lead}>
      <Filters label={texts.parts.filters}>
        <ConnectorFilter />
        <ChoiceFilter
          name="state"
          label={texts.drops.state}
          choices={[["", texts.drops.states.all], ...states.map((one) => [one, texts.drops.states[one]] as const)]}
        />
        <DayFilter name="from" label={texts.parts.from} />
        <DayFilter name="to" label={texts.parts.to} />
      </Filters>
      <Loaded resource={drops}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? <NoDrops isFiltered={isFiltered} /> : <DropTable drops={items} />}
            <Pager next={next} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** The connectors that there are, and the one of the address even if it is gone: its drops stay. */
function ConnectorFilter(): ReactNode {
  const { data } = useResource("listConnectors", { query: { limit: 500 } });
  const [asked] = useAddressValue("connector");
  const names = new Set<string>(data?.items.map(({ name }) => name));
  if (asked !== "") names.add(asked);
  return (
    <ChoiceFilter
      name="connector"
      label={texts.drops.connector}
      choices={[["", texts.drops.allConnectors], ...Array.from(names, (name) => [name, name] as const)]}
    />
  );
}

function NoDrops({ isFiltered }: { readonly isFiltered: boolean }): ReactNode {
  const { path } = useRouter().place;
  if (!isFiltered) return <Empty title={texts.drops.emptyTitle}>{texts.drops.empty}</Empty>;
  return (
    <Empty title={texts.drops.emptyTitle} action={<Link to={path}>{texts.drops.clear}</Link>}>
      {texts.drops.emptyFiltered}
    </Empty>
  );
}
