import { useCallback, useRef, useState } from "react";
import { ApiError } from "./api-error.ts";

/** A change that the page can ask for. */
export interface Action<Input, Result> {
  /** Does it; resolves to undefined when the app refused, which `error` tells then. */
  readonly run: (input: Input) => Promise<Result | undefined>;
  readonly isRunning: boolean;
  /** Why the app refused the last time. */
  readonly error: ApiError | undefined;
  /** Forgets the refusal, as when its dialog is closed. */
  readonly reset: () => void;
}

/** Wraps a change with its state. A second press while it runs does nothing. It is not ended when the page is left. */
export function useAction<Input = void, Result = unknown>(
  work: (input: Input) => Promise<Result>,
): Action<Input, Result> {
  const [state, setState] = useState<{ readonly isRunning: boolean; readonly error: ApiError | undefined }>(idle);
  const isRunning = useRef(false);
  const latest = useRef(work);
  latest.current = work;
  const run = useCallback(async (input: Input): Promise<Result | undefined> => {
    if (isRunning.current) return undefined;
    isRunning.current = true;
    setState({ isRunning: true, error: undefined });
    try {
      const result = await latest.current(input);
      setState(idle);
      return result;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState({ isRunning: false, error });
      return undefined;
    } finally {
      isRunning.current = false;
    }
  }, []);
  const reset = useCallback(() => setState(idle), []);
  return { run, reset, ...state };
}

const idle = { isRunning: false, error: undefined } as const;
