import type { BlockReason } from "./mailbox.ts";

/** Why a slice stops before the work list's end; a static word. */
export type PauseReason =
  | "slice-over"
  | "in-doubt"
  | "throttled"
  | "graph-outage"
  | "graph-unreachable"
  | "unauthorised"
  | "folder-unstable"
  /** Everything is settled, and not all of it read back yet. */
  | "verifying"
  /** Something was thrown: what is known is still written down, then it is thrown on. */
  | "fault";

/** How a slice ended. */
export type SliceEnd =
  /** Every line of the work list is settled. */
  | { readonly type: "finished" }
  /** Another slice goes on, not before `nextAt` (storage's clock). */
  | { readonly type: "paused"; readonly reason: PauseReason; readonly nextAt?: number }
  | { readonly type: "blocked"; readonly reason: BlockReason; readonly code: string }
  /** Another worker has the mailbox: this one neither appends nor creates any more. */
  | { readonly type: "overtaken" };
