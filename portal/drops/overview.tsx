import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import { CopyText } from "../parts/copy-text.tsx";
import { type Fact, Facts } from "../parts/facts.tsx";
import { Instant } from "../parts/instant.tsx";
import { toNumberText } from "../parts/numbers.ts";
import { toPrincipalText } from "../parts/principal.ts";
import { Section } from "../parts/section.tsx";
import { texts } from "../texts.ts";
import { EquationView } from "./equation.tsx";
import { isMapped } from "./is-mapped.ts";
import { NeedsView } from "./needs.tsx";
import { ProgressView } from "./progress.tsx";
import { toScopeText } from "./scope-text.ts";
import { toDropAddress } from "./tabs.ts";

/** How a drop stands at a look. */
export function Overview({ drop }: { readonly drop: DropView }): ReactNode {
  const { equation } = drop;
  return (
    <>
      <NeedsView drop={drop} />
      {drop.whole !== undefined && <WholeDrop drop={drop.drop} whole={drop.whole} />}
      <Section title={toEquationTitle(drop)}>
        {equation === undefined || !isMapped(drop.bars) ? (
          texts.drop.notYet
        ) : (
          <EquationView
            equation={equation}
            isBalanced={drop.isBalanced}
            imbalances={drop.imbalances}
            toItems={(outcome) => toDropAddress(drop.drop, "items", { outcome })}
          />
        )}
      </Section>
      {drop.state !== "closed" && drop.bars.length > 0 && <ProgressView drop={drop} />}
      <Section title={texts.drop.facts}>
        <Facts facts={toFacts(drop)} />
      </Section>
    </>
  );
}

function toEquationTitle(drop: DropView): string {
  const { whole, generation = 1 } = drop;
  return whole === undefined ? texts.drop.equation : texts.drops.partDone(generation, toScopeText(drop));
}

interface WholeProps {
  readonly drop: string;
  readonly whole: NonNullable<DropView["whole"]>;
}

/** The day's figures stay in sight while and after a part of it is done again. */
function WholeDrop({ drop, whole }: WholeProps): ReactNode {
  const words = texts.drop;
  const { generation, equation, stillFailed } = whole;
  if (equation === undefined) return null;
  const gen = String(generation);
  const left = stillFailed === 0 ? words.noneStillFailed : words.stillFailed(toNumberText(stillFailed));
  return (
    <Section title={words.whole}>
      <p>{words.wholeOf(generation)}</p>
      <EquationView
        equation={equation}
        isBalanced={whole.isBalanced}
        imbalances={[]}
        toItems={(outcome) => toDropAddress(drop, "items", { outcome, gen })}
      />
      {equation.failed > 0 && <p>{left}</p>}
    </Section>
  );
}

function toFacts(drop: DropView): readonly Fact[] {
  const words = texts.drop;
  const { mailboxes, gate, whole } = drop;
  const total = mailboxes === undefined ? undefined : toNumberText(mailboxes.total);
  return [
    [words.id, <CopyText key="id" text={drop.drop} what={words.id} />],
    [words.files, toText(drop.files)],
    [words.items, toText((whole ?? drop).items)],
    [words.mailboxes, mailboxes && words.mailboxesOf(toNumberText(mailboxes.ended), total ?? "")],
    [
      words.unmappedItems,
      whole !== undefined || isMapped(drop.bars) ? toText((whole ?? drop).unmappedItems) : undefined,
    ],
    [words.outOfScope, drop.outOfScopeItems === 0 ? undefined : toText(drop.outOfScopeItems)],
    [words.gate, gate && toGateText(gate)],
    [words.generation, toText(drop.generation)],
    [words.scope, drop.scope && toScopeText(drop)],
    [words.feed, drop.feed],
    [words.openedAt, drop.openedAt && <Instant key="opened" at={drop.openedAt} />],
    [
      words.movedAt,
      drop.closedAt === undefined && drop.movedAt ? <Instant key="moved" at={drop.movedAt} /> : undefined,
    ],
    [words.closedAt, drop.closedAt && <Instant key="closed" at={drop.closedAt} />],
    [words.releasedBy, drop.releasedBy && toPrincipalText(drop.releasedBy)],
    [words.cleaned, drop.isCleaned ? words.cleanedYes : undefined],
  ];
}

function toText(count: number | undefined): string | undefined {
  return count === undefined ? undefined : toNumberText(count);
}

/** What the gate has counted, against which limit. */
export function toGateText({ siteDayItems, limit }: NonNullable<DropView["gate"]>): string {
  const items = toNumberText(siteDayItems);
  return limit === 0 ? texts.drop.gateNoLimit(items) : texts.drop.gateText(items, toNumberText(limit));
}
