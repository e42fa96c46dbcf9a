import type { ReactNode } from "react";
import type { ConnectorSummary } from "../../shared/api/contract/connectors.ts";
import { Tint, type TintColor } from "../parts/tint.tsx";
import { texts } from "../texts.ts";

/** How a connector stands, in a word. */
export function ConnectorStateBadge(props: {
  readonly connector: Pick<ConnectorSummary, "isPaused" | "fetches" | "problem">;
}): ReactNode {
  const [text, color] = toState(props.connector);
  return <Tint color={color} text={text} />;
}

function toState({
  isPaused,
  fetches,
  problem,
}: Pick<ConnectorSummary, "isPaused" | "fetches" | "problem">): readonly [string, TintColor] {
  const { connectors } = texts;
  if (problem !== undefined) return [connectors.unreadable, "danger"];
  if (isPaused === true) return [connectors.paused, "warning"];
  return fetches?.refused === undefined ? [connectors.active, "success"] : [connectors.refused, "danger"];
}
