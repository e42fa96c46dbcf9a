import {
  createDOMRenderer,
  FluentProvider,
  makeStyles,
  RendererProvider,
  webDarkTheme,
  webLightTheme,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useMedia } from "../parts/use-media.ts";

/** The nonce of this very answer: style elements without it are refused by the page's Content-Security-Policy. */
const nonce = document.getElementById("first-style")?.nonce ?? "";
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });

const useStyles = makeStyles({
  root: { minHeight: "100dvh", display: "flex", flexDirection: "column" },
});

/** Fluent's look, light or dark as the reader's system is, or in its forced colours. */
export function Theme({ children }: { readonly children: ReactNode }): ReactNode {
  const isDark = useMedia("(prefers-color-scheme: dark)");
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <Themed isDark={isDark}>{children}</Themed>
    </RendererProvider>
  );
}

function Themed({ isDark, children }: { readonly isDark: boolean; readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return (
    <FluentProvider theme={isDark ? webDarkTheme : webLightTheme}>
      {/* Not the provider's own class: tooltips, toasts and dialogs get that too, and as high as the window they would lie over everything. */}
      <div className={styles.root}>{children}</div>
    </FluentProvider>
  );
}
