import { makeStyles, Tab, TabList, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import { Page } from "../frame/page.tsx";
import type { PageParams } from "../frame/route-match.ts";
import { toAddress, useAddressValue, useRouter } from "../frame/router.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { Loaded } from "../parts/states.tsx";
import { toClockText, toDayText } from "../parts/times.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { DropActions } from "./actions.tsx";
import { DeadTab } from "./dead-tab.tsx";
import { FilesTab } from "./files-tab.tsx";
import { FindingsTab } from "./findings-tab.tsx";
import { GenerationChoice } from "./generation-choice.tsx";
import { ItemsTab } from "./items-tab.tsx";
import { MailboxesTab } from "./mailboxes-tab.tsx";
import { Overview } from "./overview.tsx";
import { ReportsTab } from "./reports-tab.tsx";
import { DropStateBadge } from "./state-badge.tsx";
import type { DropTab } from "./tabs.ts";
import { Trouble, UnreadableRecords } from "./trouble.tsx";
import { UnmappedTab } from "./unmapped-tab.tsx";

const useStyles = makeStyles({
  tabs: { flexWrap: "wrap", marginBottom: tokens.spacingVerticalL, marginInline: `-${tokens.spacingHorizontalMNudge}` },
  asOf: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, alignSelf: "center" },
});

/** How often a drop that is at work is asked for, in milliseconds, and one that waits for a person. */
const livePollInMs = 5_000;
const heldPollInMs = 30_000;

/** All of one drop: how it stands now, and what became of each item, file, mailbox and person. */
export function DropPage({ params }: { readonly params: PageParams }): ReactNode {
  const drop = params["drop"] ?? "";
  const resource = useResource("readDrop", { params: { drop } }, { pollInMs: toPollInMs });
  const { data } = resource;
  const crumbs = [{ to: "/drops", text: texts.drops.title }];
  const title = data === undefined ? drop : texts.drop.title(data.connector, toDayText(data.siteDay), data.seq);
  return (
    <Page
      title={title}
      crumbs={crumbs}
      badge={data !== undefined && <DropStateBadge state={data.state} />}
      beside={data !== undefined && <DropActions drop={data} changed={resource.reload} />}
    >
      <Loaded resource={resource} lines={8}>
        {(view) => <Known drop={view} changed={resource.reload} />}
      </Loaded>
    </Page>
  );
}

function toPollInMs({ state }: DropView): number | undefined {
  if (state === "closed") return undefined;
  return state === "held" || state === "unreadable" ? heldPollInMs : livePollInMs;
}

function Known({ drop, changed }: { readonly drop: DropView; readonly changed: () => void }): ReactNode {
  const styles = useStyles();
  const tab = useTab();
  return (
    <>
      <Troubles drop={drop} />
      <Tabs drop={drop} tab={tab} />
      {tab !== "overview" && tab !== "dead" && <GenerationChoice drop={drop} />}
      <TabContent drop={drop} tab={tab} changed={changed} />
      <p className={styles.asOf}>{texts.states.upToDate(toClockText(drop.asOf))}</p>
    </>
  );
}

const tabs = Object.keys(texts.drop.tabs);

function isTab(name: string): name is DropTab {
  return tabs.includes(name);
}

function useTab(): DropTab {
  const [value] = useAddressValue("tab");
  return isTab(value) ? value : "overview";
}

/** The tab is in the address: it survives a reload, can be sent to a colleague, and the way back goes through the tabs. */
function Tabs({ drop, tab }: { readonly drop: DropView; readonly tab: DropTab }): ReactNode {
  const styles = useStyles();
  const { place, go } = useRouter();
  const select = (next: unknown): void => {
    const query = new URLSearchParams(next === "overview" ? {} : { tab: String(next) });
    const gen = place.query.get("gen");
    if (gen !== null) query.set("gen", gen);
    go(toAddress({ ...place, query, fragment: new URLSearchParams() }));
  };
  return (
    <TabList
      className={styles.tabs}
      selectedValue={tab}
      onTabSelect={(_, { value }) => select(value)}
      aria-label={texts.drop.tabsLabel}
    >
      {Object.entries(texts.drop.tabs).map(([name, text]) => (
        <Tab key={name} value={name} id={`tab-${name}`}>
          {withCount(text, isTab(name) ? toCount(drop, name) : undefined)}
        </Tab>
      ))}
    </TabList>
  );
}

function withCount(text: string, count: number | undefined): string {
  return count === undefined ? text : texts.drop.counted(text, toNumberText(count));
}

function toCount({ files, mailboxes, needs }: DropView, tab: DropTab): number | undefined {
  if (tab === "files") return files;
  if (tab === "mailboxes") return mailboxes?.total;
  if (tab === "dead") return needs.find(({ kind }) => kind === "dead")?.count;
  return undefined;
}

interface TabProps {
  readonly drop: DropView;
  readonly tab: DropTab;
  readonly changed: () => void;
}

function TabContent({ drop, tab, changed }: TabProps): ReactNode {
  return (
    <div role="tabpanel" aria-labelledby={`tab-${tab}`}>
      {tab === "overview" && <Overview drop={drop} />}
      {tab === "files" && <FilesTab drop={drop} changed={changed} />}
      {tab === "mailboxes" && <MailboxesTab drop={drop} changed={changed} />}
      {tab === "items" && <ItemsTab drop={drop} changed={changed} />}
      {tab === "unmapped" && <UnmappedTab drop={drop} />}
      {tab === "findings" && <FindingsTab drop={drop} />}
      {tab === "dead" && <DeadTab drop={drop} changed={changed} />}
      {tab === "reports" && <ReportsTab drop={drop} />}
    </div>
  );
}

/** What cannot be read stands above everything: the rest of the page may be missing something for it. */
function Troubles({ drop }: { readonly drop: DropView }): ReactNode {
  return (
    <>
      {drop.problem !== undefined && <Trouble title={texts.drop.problem} lines={[drop.problem]} />}
      <UnreadableRecords records={drop.unreadable} />
    </>
  );
}
