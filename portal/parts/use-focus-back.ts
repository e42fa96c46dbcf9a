import { useEffect, useState } from "react";

/**
 * Puts the focus back where it was before the caller was rendered, once the caller is gone: to the page's heading where
 * that control is gone too. Without it the focus is nowhere, and who works by keyboard begins at the top of the page.
 */
export function useFocusBack(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        const isThere = opener instanceof HTMLElement && opener !== document.body && opener.isConnected;
        const target = isThere ? opener : document.querySelector("h1");
        target?.focus();
      });
    },
    [opener],
  );
}
