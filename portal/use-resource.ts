import { useCallback, useEffect, useRef, useState } from "react";
import { type Answer, askIfChanged, unchanged } from "./api.ts";
import { ApiError } from "./api-error.ts";
import type { Asked, ReadEndpoint, Reply } from "./api-types.ts";
import { usePause } from "./use-pause.ts";

/** What a page knows of something it has asked for. */
export interface Resource<T> {
  /** The newest answer; stays while a newer one is asked for, and when that fails. */
  readonly data: T | undefined;
  /** Version of `data`, for changes. */
  readonly etag: string | undefined;
  /** Why the last try failed; undefined after a success. */
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  /** When the app confirmed `data` last, milliseconds since 1970. */
  readonly readAt: number | undefined;
  /** Asks again now. */
  readonly reload: () => void;
}

/** How something is asked for. */
export interface ResourceOptions<T> {
  /** Ask again after so long, in milliseconds, as long as the tab is seen; undefined: no more. */
  readonly pollInMs?: (data: T) => number | undefined;
  /** The answer to another question may stay until this one's is there, as for another page of a list. */
  readonly keepsLast?: boolean;
}

interface Standing<T> {
  /** The question that `answer` is to. */
  readonly key: string;
  readonly answer: Answer<T> | undefined;
  readonly readAt: number | undefined;
  readonly error: ApiError | undefined;
  /** Tries in a row that failed. */
  readonly failures: number;
  readonly isLoading: boolean;
}

/** Asks a reading endpoint, again when the question changes, and again and again where `pollInMs` says so. */
export function useResource<Name extends ReadEndpoint>(
  name: Name,
  asked: Asked<Name>,
  options: ResourceOptions<Reply<Name>> = {},
): Resource<Reply<Name>> {
  const key = `${name} ${JSON.stringify(asked)}`;
  const [standing, setStanding] = useState<Standing<Reply<Name>>>(() => toUnknown(key));
  const [turn, setTurn] = useState(0);
  const newest = useRef(standing);
  newest.current = standing;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the question; `turn` asks it again
  useEffect(() => {
    const leaving = new AbortController();
    const known = newest.current.key === key ? newest.current : undefined;
    setStanding((last) => (last.key === key ? { ...last, isLoading: true } : toNext(last, key, options)));
    const tell = (standing: Standing<Reply<Name>>): void => {
      if (!leaving.signal.aborted) setStanding(standing);
    };
    askIfChanged(name, asked, { signal: leaving.signal, ifNoneMatch: known?.answer?.etag }).then(
      (reply) => tell(toKnown(key, reply === unchanged ? known?.answer : reply)),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setStanding((last) => ({ ...last, error, failures: last.failures + 1, isLoading: false }));
      },
    );
    return () => leaving.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((last) => last + 1), []);
  usePause(standing.key === key ? toPause(standing, options) : undefined, reload, turn);
  const shown = standing.key === key ? standing : toNext(standing, key, options);
  const { answer, error, isLoading, readAt } = shown;
  return { data: answer?.body, etag: answer?.etag, error, isLoading, readAt, reload };
}

function toUnknown<T>(key: string): Standing<T> {
  return { key, answer: undefined, readAt: undefined, error: undefined, failures: 0, isLoading: true };
}

function toNext<T>(last: Standing<T>, key: string, { keepsLast = false }: ResourceOptions<T>): Standing<T> {
  // Without its version: it belongs to another question.
  const answer = last.answer === undefined ? undefined : { body: last.answer.body, etag: undefined };
  return keepsLast ? { ...toUnknown(key), answer, readAt: last.readAt } : toUnknown(key);
}

function toKnown<T>(key: string, answer: Answer<T> | undefined): Standing<T> {
  return { key, answer, readAt: Date.now(), error: undefined, failures: 0, isLoading: false };
}

/** Doubled after each failure, so that an app that is down is not asked by every open tab all the time. */
const firstPauseInMs = 5_000;
const longestPauseInMs = 60_000;

function toPause<T>({ answer, error, failures, isLoading }: Standing<T>, options: ResourceOptions<T>) {
  if (isLoading || options.pollInMs === undefined) return undefined;
  if (error === undefined) return answer === undefined ? undefined : options.pollInMs(answer.body);
  if (!isWorthAnotherTry(error)) return undefined;
  return Math.max(error.retryAfterInMs ?? 0, Math.min(longestPauseInMs, firstPauseInMs * 2 ** (failures - 1)));
}

/** Only what may be well by itself soon. */
function isWorthAnotherTry({ kind }: ApiError): boolean {
  return ["unreachable", "unreadable", "unavailable", "too-many", "failed"].includes(kind);
}
