import { Button, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useSay } from "../frame/toasts.tsx";
import { texts } from "../texts.ts";

const useStyles = makeStyles({
  row: {
    display: "inline-flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    maxWidth: "100%",
  },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, overflowWrap: "anywhere" },
  whole: { whiteSpace: "nowrap" },
});

/** A text of so many letters fits the narrowest window in one line; a table would leave its last letter to another. */
const mostInOneLine = 24;

/** An id or an address, with a button that copies it. */
export function CopyText({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  const styles = useStyles();
  const say = useSay();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say(texts.parts.copied);
    } catch {
      // The browser's settings may forbid it: the text can still be selected.
      say(texts.parts.copyFailed, "warning");
    }
  };
  return (
    <span className={styles.row}>
      <code className={mergeClasses(styles.code, text.length <= mostInOneLine && styles.whole)}>{text}</code>
      <Button size="small" appearance="subtle" onClick={() => void copy()} aria-label={`${texts.parts.copy}: ${what}`}>
        {texts.parts.copy}
      </Button>
    </span>
  );
}

/** An id in the text. */
export function Code({ children }: { readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return <code className={styles.code}>{children}</code>;
}
