import { MessageBar, MessageBarBody, MessageBarTitle, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { Unreadable } from "../../shared/api/contract/drop-words.ts";
import { texts } from "../texts.ts";

const useStyles = makeStyles({
  box: { marginBottom: tokens.spacingVerticalM },
});

/** Records of storage that cannot be read: what is shown may be missing something for them. Not there when there are none. */
export function UnreadableRecords({ records }: { readonly records: readonly Unreadable[] }): ReactNode {
  if (records.length === 0) return null;
  const lines = records.map(({ record, problem }) => `${record}: ${problem}`);
  return <Trouble title={texts.drop.unreadable} lines={lines} />;
}

/** Something that is wrong, and what about it is known. */
export function Trouble({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): ReactNode {
  const styles = useStyles();
  return (
    <MessageBar intent="error" layout="multiline" className={styles.box}>
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        {lines.map((line) => (
          <div key={line}>{line}</div>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}
