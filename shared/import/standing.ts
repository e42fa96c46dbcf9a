import type { ImportKey } from "../chat/identifiers.ts";
import type { KeyStates } from "./key-states.ts";
import type { Generation, Source } from "./ledger-line.ts";

/** The line that dealt with an item first. */
export interface First {
  readonly generation: Generation;
  readonly source: Source;
}

/** Where a work line stands. */
export type Standing =
  | { readonly type: "settled"; readonly outcome: "imported" | "partial" }
  | { readonly type: "settled"; readonly outcome: "skipped"; readonly first: First }
  | { readonly type: "settled"; readonly outcome: "failed"; readonly reason: string }
  | { readonly type: "to-do" }
  | { readonly type: "doubt"; readonly since: number; readonly wasAnswered: boolean };

/** Why an item that was in doubt to the end counts as failed. */
export const inDoubt = "in-doubt";

/** A work line, as far as its standing goes. */
export interface Candidate {
  readonly key: ImportKey;
  readonly generation: Generation;
  readonly source: Source;
}

/**
 * What the ledger says of a work line: a pure function of the two, so that the same result comes out however often
 * the run was interrupted. The line is planned for its key as a side effect: a second one with that key is skipped.
 */
export function standingOf(states: KeyStates, { key, generation, source }: Candidate): Standing {
  const state = states.stateOf(key);
  if (state.type === "receipt") {
    const isOurs = state.generation === generation && state.source === source;
    return isOurs ? { type: "settled", outcome: state.outcome } : toSkipped(state);
  }
  if (state.type === "failed" && state.generation === generation) {
    const isOurs = state.source === source;
    return isOurs ? { type: "settled", outcome: "failed", reason: state.reason } : toSkipped(state);
  }
  const planned = states.plan(key, source);
  // Not even where it is the same line: a list that holds a line twice would have its item created twice.
  if (planned !== undefined) return toSkipped({ generation, source: planned });
  if (state.type === "doubt") return state;
  // Given up while in doubt: it may well be in the mailbox, so a later generation looks before it creates.
  if (state.type === "failed" && state.reason === inDoubt)
    return { type: "doubt", since: state.at, wasAnswered: false };
  return { type: "to-do" };
}

function toSkipped({ generation, source }: First): Standing {
  return { type: "settled", outcome: "skipped", first: { generation, source } };
}
