import type { ConnectorSummary } from "../../shared/api/contract/connectors.ts";
import { toNeedText } from "../drops/need-text.ts";
import { isGrave, toNeedWay } from "../drops/need-way.ts";
import { toDropAddress } from "../drops/tabs.ts";
import { toNumberText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";
import { toSecretText } from "./secret-age.ts";

/** Something about a connector that a person should look at, and where. */
export interface ConnectorNeed {
  readonly text: string;
  readonly to?: string;
  readonly isUrgent: boolean;
}

/** What needs a hand, as far as the list of connectors tells; a drop's own page tells more. */
export function toConnectorNeeds(connector: ConnectorSummary, now: number): readonly ConnectorNeed[] {
  const { name, problem, fetches, heldDrops = 0 } = connector;
  const words = texts.connectors;
  const heldTo = `/drops?${new URLSearchParams({ connector: name, state: "held" })}`;
  return [
    ...(problem === undefined ? [] : [{ text: problem, isUrgent: true }]),
    ...(fetches?.refused === undefined ? [] : [{ text: fetches.refused.message, isUrgent: true }]),
    ...(heldDrops === 0 ? [] : [{ text: words.held(toNumberText(heldDrops)), to: heldTo, isUrgent: true }]),
    ...ofLastDrop(connector),
    ...ofSecrets(connector, now),
  ];
}

function ofSecrets({ name, secrets = [] }: ConnectorSummary, now: number): readonly ConnectorNeed[] {
  const to = `/connectors/${encodeURIComponent(name)}/keys`;
  return secrets.flatMap((secret) => {
    const { text, isUrgent } = toSecretText(secret, now);
    return isUrgent ? [{ text, to, isUrgent }] : [];
  });
}

/** All that the drop's own page has, but that it is held: held drops are told of above, whichever they are. */
function ofLastDrop({ name, lastDrop }: ConnectorSummary): readonly ConnectorNeed[] {
  if (lastDrop === undefined) return [];
  const { drop, needs, unmappedItems = 0 } = lastDrop;
  const words = texts.connectors;
  const ofNeeds = needs
    .filter(({ kind }) => kind !== "held")
    .map((need) => ({
      text: toNeedText(need),
      to: toNeedWay(need, drop, name)?.to ?? toDropAddress(drop),
      isUrgent: isGrave(need),
    }));
  const unmapped = words.unmapped(toNumberText(unmappedItems));
  return unmappedItems === 0
    ? ofNeeds
    : [...ofNeeds, { text: unmapped, to: toDropAddress(drop, "unmapped"), isUrgent: false }];
}
