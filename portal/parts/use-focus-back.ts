import { useEffect, useState } from "react";

/**
 * Puts the focus back where it was before the caller was rendered, once the caller is gone: to the page's heading where
 * that control is gone too, or goes a moment later. Without it the focus is nowhere, and who works by keyboard begins at
 * the top of the page.
 */
export function useFocusBack(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        const isThere = opener instanceof HTMLElement && opener !== document.body && opener.isConnected;
        if (document.activeElement === document.body) (isThere ? opener : heading())?.focus();
        if (isThere && document.activeElement === opener) leadOnWhenGone(opener);
      });
    },
    [opener],
  );
}

function heading(): HTMLElement | null {
  return document.querySelector("h1");
}

/** What was done often takes its button away, once the page has asked again: a drop that is released has no Release. */
function leadOnWhenGone(control: HTMLElement): void {
  const stop = (): void => {
    observer.disconnect();
    document.removeEventListener("focusin", look);
  };
  const look = (): void => {
    if (control.isConnected && document.activeElement === control) return;
    stop();
    if (document.activeElement === document.body) heading()?.focus();
  };
  const observer = new MutationObserver(() => {
    if (!control.isConnected) look();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener("focusin", look);
}
