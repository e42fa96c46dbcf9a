import {
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarGroup,
  makeStyles,
  tokens,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { Need } from "../../shared/api/contract/drop-words.ts";
import type { DropRow } from "../../shared/api/contract/drops.ts";
import { ButtonLink } from "../frame/link.tsx";
import { texts } from "../texts.ts";
import { toNeedText } from "./need-text.ts";
import { toDropAddress } from "./tabs.ts";

const useStyles = makeStyles({
  needs: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    rowGap: tokens.spacingVerticalS,
    marginBottom: tokens.spacingVerticalL,
  },
});

/** What needs a hand, each with the way to where it can be seen and mended. */
export function NeedsView({ drop }: { readonly drop: Pick<DropRow, "drop" | "connector" | "needs"> }): ReactNode {
  const styles = useStyles();
  if (drop.needs.length === 0) return null;
  return (
    <section aria-label={texts.drop.needsTitle}>
      <MessageBarGroup className={styles.needs}>
        {drop.needs.map((need) => (
          <MessageBar key={need.kind} intent={isGrave(need) ? "error" : "warning"}>
            <MessageBarBody>{toNeedText(need)}</MessageBarBody>
            <Way need={need} drop={drop} />
          </MessageBar>
        ))}
      </MessageBarGroup>
    </section>
  );
}

/** What means that something is not in the archive, or that nobody can tell. */
function isGrave({ kind }: Need): boolean {
  return ["dead", "blocked", "failed", "unbalanced", "verify", "rejected-files", "unreadable"].includes(kind);
}

function Way({ need, drop }: { readonly need: Need; readonly drop: Pick<DropRow, "drop" | "connector"> }): ReactNode {
  const way = toWay(need, drop);
  if (way === undefined) return null;
  return (
    <MessageBarActions>
      <ButtonLink to={way.to}>{way.text}</ButtonLink>
    </MessageBarActions>
  );
}

function toWay({ kind }: Need, { drop, connector }: Pick<DropRow, "drop" | "connector">) {
  const { tabs } = texts.drop;
  if (kind === "dead") return { to: toDropAddress(drop, "dead"), text: tabs.dead };
  if (kind === "blocked") return { to: toDropAddress(drop, "mailboxes", { state: "blocked" }), text: tabs.mailboxes };
  if (kind === "failed") return { to: toDropAddress(drop, "items", { outcome: "failed" }), text: tabs.items };
  if (kind === "verify" || kind === "misrouted") return { to: toDropAddress(drop, "findings"), text: tabs.findings };
  if (kind === "rejected-files" || kind === "mismatched-files")
    return { to: toDropAddress(drop, "files"), text: tabs.files };
  if (kind === "mapping") {
    return { to: `/connectors/${encodeURIComponent(connector)}/mapping`, text: texts.words.remedy.mapping };
  }
  return undefined;
}
