import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { type InstantValue, toLocalText, toUtcBeside } from "./times.ts";

const useStyles = makeStyles({
  utc: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, whiteSpace: "nowrap" },
});

/** An instant in the reader's zone, with UTC beside. */
export function Instant({ at }: { readonly at: InstantValue | undefined }): ReactNode {
  const styles = useStyles();
  if (at === undefined) return texts.parts.unknown;
  const beside = toUtcBeside(at);
  return (
    <time dateTime={new Date(at).toISOString()}>
      {toLocalText(at)} {beside !== undefined && <span className={styles.utc}>({beside})</span>}
    </time>
  );
}
