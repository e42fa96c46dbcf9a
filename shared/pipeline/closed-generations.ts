import type { DropId } from "../chat/identifiers.ts";
import { dropReport } from "../report/drop-report.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { type Need, toLeftOver, toShortfallNeeds } from "./drop-needs.ts";
import type { DropState } from "./drop-state.ts";
import { type GenerationSummary, toClosedSummary } from "./generation-summary.ts";
import { Kept } from "./kept.ts";
import { toUnreadable, type Unreadable } from "./read-problem.ts";

/** A closed generation in short, or why its report cannot be read. */
export type ClosedGeneration =
  | { readonly summary: GenerationSummary; readonly unreadable?: undefined }
  | { readonly summary?: undefined; readonly unreadable: Unreadable };

/** What became of a whole drop in the last generation that dealt with all of it. */
export interface WholeDrop {
  readonly summary: GenerationSummary;
  /** Of what failed in it, that which no later generation has taken up: items x mailboxes. */
  readonly stillFailed: number;
}

/** Summaries kept in memory, of about a KB. */
const mostKept = 4000;
/** How far back it is looked for what nobody has taken up since. */
const generationsBack = 20;

/** What the reports of closed generations come to. They never change, so each is read once and kept in short. */
export class ClosedGenerations {
  readonly #blobs: Pick<Blobs, "read">;
  readonly #kept = new Kept<string, GenerationSummary>(mostKept);

  constructor(blobs: Pick<Blobs, "read">) {
    this.#blobs = blobs;
  }

  /** Undefined when the generation has no report: it is running, or was given up. */
  async read(id: DropId, gen: number): Promise<ClosedGeneration | undefined> {
    const path = paths.dropReport(id, gen);
    const known = this.#kept.get(path);
    if (known !== undefined) return { summary: known };
    try {
      const report = (await readDocument(this.#blobs, path, dropReport))?.value;
      if (report === undefined) return undefined;
      const summary = toClosedSummary(report);
      this.#kept.set(path, summary);
      return { summary };
    } catch (error) {
      const unreadable = toUnreadable(path, error);
      if (unreadable === undefined) throw error;
      return { unreadable };
    }
  }

  /** The last closed generation before one with a scope that dealt with the whole drop; undefined when none is told of. */
  async readWhole({ id, gen, scope }: Pick<DropState, "id" | "gen" | "scope">): Promise<WholeDrop | undefined> {
    const later = [scope];
    for (let earlier = gen - 1; earlier > Math.max(0, gen - generationsBack); earlier -= 1) {
      if (later.includes(undefined)) return undefined;
      const summary = (await this.read(id, earlier))?.summary;
      if (summary === undefined) continue;
      if (summary.scope === undefined) return { summary, stillFailed: toLeftOver(summary.shortfall, later).failed };
      later.push(summary.scope);
    }
    return undefined;
  }

  /**
   * What earlier generations left undone and a newest one with a scope has not taken up. A whole one begins anew: what is
   * left is in its own report.
   */
  async listLeftOver({ id, gen, scope }: Pick<DropState, "id" | "gen" | "scope">): Promise<Need[]> {
    const later = [scope];
    const needs: Need[] = [];
    for (let earlier = gen - 1; earlier > Math.max(0, gen - generationsBack); earlier -= 1) {
      if (later.includes(undefined)) break;
      const found = await this.read(id, earlier);
      if (found?.summary === undefined) continue;
      const left = toShortfallNeeds(toLeftOver(found.summary.shortfall, later));
      needs.push(...left.map((need) => ({ ...need, generation: earlier })));
      later.push(found.summary.scope);
    }
    return needs;
  }
}
