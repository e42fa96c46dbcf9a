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
import { isGrave, toNeedWay } from "./need-way.ts";

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
          <MessageBar key={`${need.kind} ${need.generation ?? ""}`} intent={isGrave(need) ? "error" : "warning"}>
            <MessageBarBody>{toNeedText(need)}</MessageBarBody>
            <Way need={need} drop={drop} />
          </MessageBar>
        ))}
      </MessageBarGroup>
    </section>
  );
}

function Way({ need, drop }: { readonly need: Need; readonly drop: Pick<DropRow, "drop" | "connector"> }): ReactNode {
  const way = toNeedWay(need, drop.drop, drop.connector);
  if (way === undefined) return null;
  return (
    <MessageBarActions>
      <ButtonLink to={way.to}>{way.text}</ButtonLink>
    </MessageBarActions>
  );
}
