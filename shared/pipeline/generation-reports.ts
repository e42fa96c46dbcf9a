import type { DropId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { Kept } from "./kept.ts";
import { toUnreadable, type Unreadable } from "./read-problem.ts";
import { type ReportNow, readReport } from "./read-report.ts";

/** A report, or why it cannot be told. */
export type ToldReport =
  | { readonly now: ReportNow; readonly unreadable?: undefined }
  | { readonly now?: undefined; readonly unreadable: Unreadable };

/** What telling of reports takes. */
export interface ReportsDeps {
  readonly blobs: Blobs;
  readonly clock: { now(): number };
  /** For how long all who ask for a running generation's report get one answer, ms. @default 20000 */
  readonly sharedForInMs?: number;
}

interface Shared {
  readonly at: number;
  readonly told: Promise<ToldReport | undefined>;
}

/**
 * Whole reports, for those who look at them. That of a running generation reads every result and every chunk's counts, some
 * thousand requests for a large drop, so it is made once for all who ask within some seconds.
 */
export class GenerationReports {
  readonly #deps: ReportsDeps;
  readonly #shared = new Kept<string, Shared>(8);

  constructor(deps: ReportsDeps) {
    this.#deps = deps;
  }

  /** Undefined when there is no such generation, or it was given up before it was closed. */
  async read(id: DropId, gen: number): Promise<ToldReport | undefined> {
    const { clock, sharedForInMs = 20_000 } = this.#deps;
    const key = `${id}/${gen}`;
    const shared = this.#shared.get(key);
    if (shared !== undefined && clock.now() - shared.at < sharedForInMs) return await shared.told;
    const told = this.#tell(id, gen);
    this.#shared.set(key, { at: clock.now(), told });
    told.catch(() => this.#shared.delete(key));
    return await told;
  }

  async #tell(id: DropId, gen: number): Promise<ToldReport | undefined> {
    try {
      const now = await readReport(this.#deps, id, gen);
      return now === undefined ? undefined : { now };
    } catch (error) {
      const unreadable = toUnreadable(paths.dropReport(id, gen), error);
      if (unreadable === undefined) throw error;
      return { unreadable };
    }
  }
}
