import { Badge, type BadgeProps } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { ConnectorSummary } from "../../shared/api/contract/connectors.ts";
import { texts } from "../texts.ts";

/** How a connector stands, in a word. */
export function ConnectorStateBadge(props: {
  readonly connector: Pick<ConnectorSummary, "isPaused" | "fetches" | "problem">;
}): ReactNode {
  const [text, color] = toState(props.connector);
  return (
    <Badge appearance="tint" color={color} size="large">
      {text}
    </Badge>
  );
}

function toState({
  isPaused,
  fetches,
  problem,
}: Pick<ConnectorSummary, "isPaused" | "fetches" | "problem">): readonly [string, NonNullable<BadgeProps["color"]>] {
  const { connectors } = texts;
  if (problem !== undefined) return [connectors.unreadable, "danger"];
  if (isPaused === true) return [connectors.paused, "warning"];
  return fetches?.refused === undefined ? [connectors.active, "success"] : [connectors.refused, "danger"];
}
