import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { ApiError } from "../api-error.ts";
import { keepChanges, keptChanges } from "./kept-changes.ts";
import { type SavedDocument, Saver, type SaverDeps, type SaverState } from "./saver.ts";
import type { Changes } from "./settings.ts";
import type { SettingsForm } from "./settings-context.tsx";

/** Typing is saved when it has rested for so long. */
const restInMs = 700;

/** What was changed on a page that was just left is on its way; the next page waits for it before it reads. */
let leaving: Promise<unknown> = Promise.resolve();

/** A draft or connector that is loaded, with what saves it. */
export interface LoadedSaver<Body> {
  readonly saver: Saver<Body> | undefined;
  readonly error: ApiError | undefined;
  readonly reload: () => void;
}

/**
 * Loads a draft or a connector once. What could not be saved before a reload is there again.
 * @param key names it, and what its unsaved values are kept under in this tab
 */
export function useLoadedSaver<Body>(key: string, deps: SaverDeps<Body>): LoadedSaver<Body> {
  const [loaded, setLoaded] = useState<Omit<LoadedSaver<Body>, "reload">>({ saver: undefined, error: undefined });
  const [turn, setTurn] = useState(0);
  const latest = useRef(deps);
  latest.current = deps;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again
  useEffect(() => {
    let isHere = true;
    const load = async (): Promise<SavedDocument<Body>> => {
      await leaving;
      return await latest.current.read();
    };
    load().then(
      (saved) => {
        if (isHere) setLoaded({ saver: new Saver(latest.current, saved, keptChanges(key)), error: undefined });
      },
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        if (isHere) setLoaded({ saver: undefined, error });
      },
    );
    return () => {
      isHere = false;
    };
  }, [key, turn]);
  return { ...loaded, reload: useCallback(() => setTurn((last) => last + 1), []) };
}

/** What a page shows of a saver. */
export function useSaverState<Body>(saver: Saver<Body>): SaverState<Body> {
  return useSyncExternalStore(saver.subscribe, saver.snapshot);
}

/** Keeps what is not saved over a reload; where the form saves as one goes, also saves it when the page is left. */
export function useKeeping<Body>(key: string, saver: Saver<Body>, savesAsOneGoes: boolean): void {
  useEffect(() => {
    const keep = (): void => keepChanges(key, saver.snapshot().pending);
    const unsubscribe = saver.subscribe(keep);
    // What was kept over a reload.
    if (savesAsOneGoes) void saver.flush();
    return () => {
      unsubscribe();
      if (savesAsOneGoes) leaving = saver.flush();
    };
  }, [key, saver, savesAsOneGoes]);
}

/** The form that a saver's fields work on. */
export function useForm<Body>(
  saver: Saver<Body>,
  {
    isReadOnly,
    isFeedFixed,
    savesAsOneGoes,
  }: Pick<SettingsForm, "isReadOnly" | "isFeedFixed"> & {
    readonly savesAsOneGoes: boolean;
  },
): SettingsForm {
  const { saved, pending, faults } = useSaverState(saver);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const flush = (): void => {
    clearTimeout(timer.current);
    if (savesAsOneGoes) void saver.flush();
  };
  const change = (changes: Changes): void => {
    saver.change(changes);
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, restInMs);
  };
  const taken = Object.entries(pending).map(([path, value]) => [path, value ?? undefined]);
  return {
    shown: { ...saved.settings, ...Object.fromEntries(taken) },
    faults,
    isReadOnly,
    isFeedFixed,
    change,
    leaveField: flush,
  };
}
