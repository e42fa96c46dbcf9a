import { useEffect } from "react";

/** Calls back after the pause. While nobody sees the tab it waits on, and is due at once when somebody does again. */
export function usePause(pauseInMs: number | undefined, callback: () => void, turn: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn is a pause of its own
  useEffect(() => {
    if (pauseInMs === undefined) return undefined;
    const dueAt = performance.now() + pauseInMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const arm = (): void => {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(callback, Math.max(0, dueAt - performance.now()));
    };
    arm();
    document.addEventListener("visibilitychange", arm);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", arm);
    };
  }, [pauseInMs, callback, turn]);
}
