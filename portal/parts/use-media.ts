import { useSyncExternalStore } from "react";

/** Whether a media query holds now. */
export function useMedia(text: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(text);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => matchMedia(text).matches,
  );
}
