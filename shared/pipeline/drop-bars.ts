import { total } from "../import/tally.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { isTerminal } from "./file-state.ts";
import type { GenerationSummary } from "./generation-summary.ts";
import type { GenerationFacts } from "./generation-watch.ts";

/** The stages as they are shown, in order. */
export type Stage = "files" | "chunks-opened" | "chunks-mapped" | "partitions" | "mailboxes" | "items";

/** How far one stage is. */
export interface Bar {
  readonly stage: Stage;
  readonly done: number;
  /** Undefined while it is not known how many there will be. */
  readonly total?: number;
  readonly isCurrent: boolean;
}

/** The stages that are at work, or wait, in a drop's state. */
const currentIn: Readonly<Record<DropState["state"], readonly Stage[]>> = {
  collecting: ["files"],
  counted: ["files"],
  held: ["files"],
  released: ["chunks-opened"],
  sealed: ["chunks-mapped"],
  routed: ["partitions"],
  gathered: ["mailboxes", "items"],
  importing: ["mailboxes", "items"],
  verifying: ["items"],
  closed: [],
};

/** How far a running generation's stages are. */
export function toBars(facts: GenerationFacts): Bar[] {
  const { drop, files, runs, settled, promised } = facts;
  const { state, chunks, partitions, chatFiles } = drop;
  const known = (mark: DropState["state"], number: number | undefined): number | undefined =>
    hasReached(state, mark) ? number : undefined;
  const ended = runs.filter(({ hasEnded }) => hasEnded).length;
  return [
    toBar(state, "files", files.filter(isTerminal).length, drop.files.length),
    toBar(state, "chunks-opened", facts.sealedFiles, known("counted", chatFiles.length)),
    toBar(state, "chunks-mapped", facts.mappedChunks, known("sealed", chunks)),
    toBar(state, "partitions", facts.parts, known("routed", partitions)),
    toBar(state, "mailboxes", ended, known("gathered", facts.mailboxes)),
    toBar(state, "items", total(settled), known("routed", promised)),
  ];
}

/** Those of a closed one: all are full. */
export function toClosedBars(
  { chatFiles, chunks, partitions }: Pick<DropState, "chatFiles" | "chunks" | "partitions">,
  { files, mailboxes, equation }: GenerationSummary,
): Bar[] {
  const full = (stage: Stage, number = 0): Bar => toBar("closed", stage, number, number);
  return [
    full("files", files),
    full("chunks-opened", chatFiles.length),
    full("chunks-mapped", chunks),
    full("partitions", partitions),
    full("mailboxes", mailboxes?.total),
    full("items", equation?.available),
  ];
}

function toBar(state: DropState["state"], stage: Stage, done: number, of: number | undefined): Bar {
  const isCurrent = currentIn[state].includes(stage);
  return { stage, done, ...(of === undefined ? {} : { total: of }), isCurrent };
}
