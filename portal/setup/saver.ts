import { ApiError } from "../api-error.ts";
import { type Changes, type KnownSettings, type SettingPath, toSettingPath } from "./settings.ts";

/** A draft or a connector as the API has it. */
export interface SavedDocument<Body> {
  readonly body: Body;
  readonly settings: KnownSettings;
  readonly etag: string | undefined;
}

/** How settings are read and saved. */
export interface SaverDeps<Body> {
  readonly read: () => Promise<SavedDocument<Body>>;
  readonly save: (changes: Changes, etag: string | undefined) => Promise<SavedDocument<Body>>;
}

/** What is shown of it. */
export interface SaverState<Body> {
  readonly saved: SavedDocument<Body>;
  /** What was changed here and is not saved yet, faulty values included. */
  readonly pending: Changes;
  readonly faults: { readonly [Path in SettingPath]?: string };
  readonly isSaving: boolean;
  /** Why nothing can be saved at the moment. */
  readonly error: ApiError | undefined;
  /** Somebody else changed other fields meanwhile; theirs are shown now. */
  readonly isChangedElsewhere: boolean;
}

/** Somebody else's changes come between ours at most so often before we give up for now. */
const mostTries = 5;

/** Saves changes one after the other. What the API does not take stays, with its fault, and keeps nothing else from being saved. */
export class Saver<Body> {
  readonly #deps: SaverDeps<Body>;
  readonly #listeners = new Set<() => void>();
  #state: SaverState<Body>;
  /** One after the other: what is read must not be older than what was saved before. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: SaverDeps<Body>, saved: SavedDocument<Body>, pending: Changes = {}) {
    this.#deps = deps;
    this.#state = { saved, pending, faults: {}, isSaving: false, error: undefined, isChangedElsewhere: false };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): SaverState<Body> => this.#state;

  /** Notes changes; they are sent by flush. */
  change(changes: Changes): void {
    const faults = Object.fromEntries(Object.entries(this.#state.faults).filter(([path]) => !(path in changes)));
    this.#tell({ pending: { ...this.#state.pending, ...changes }, faults, error: undefined });
  }

  /** Forgets what is not saved. */
  discard(): void {
    this.#tell({ pending: {}, faults: {}, error: undefined });
  }

  /** Sends what can be sent. @returns whether everything is saved then */
  flush(): Promise<boolean> {
    return this.#enqueue(() => this.#work());
  }

  /** Reads it again: something else than its settings was changed, such as its keys. */
  refresh(): Promise<void> {
    return this.#enqueue(async () => {
      try {
        this.#tell({ saved: await this.#deps.read() });
      } catch (error) {
        this.#tell({ error: toApiError(error) });
      }
    });
  }

  /** Has what was refused tried once more: what was missing for it has come. */
  retry(): Promise<boolean> {
    this.change(this.#state.pending);
    return this.flush();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next;
    return next;
  }

  async #work(): Promise<boolean> {
    // What is typed while this is under way waits until it is asked for.
    const asked = this.#state.pending;
    this.#tell({ isSaving: true, error: undefined });
    try {
      for (let tries = 0; tries < mostTries; ) {
        const changes = this.#sendable(asked);
        if (Object.keys(changes).length === 0) break;
        tries = (await this.#send(changes)) ? 0 : tries + 1;
      }
    } catch (error) {
      this.#tell({ error: toApiError(error) });
    } finally {
      this.#tell({ isSaving: false });
    }
    return Object.keys(this.#state.pending).length === 0;
  }

  #sendable(asked: Changes): Changes {
    const { pending, faults } = this.#state;
    const values: Readonly<Record<string, unknown>> = asked;
    const isAsked = ([path, value]: [string, unknown]) => values[path] === value && !(path in faults);
    return Object.fromEntries(Object.entries(pending).filter(isAsked));
  }

  /** @returns whether it got further: saved, or fewer left to send */
  async #send(changes: Changes): Promise<boolean> {
    try {
      const saved = await this.#deps.save(changes, this.#state.saved.etag);
      this.#tell({ saved, pending: without(this.#state.pending, changes) });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.kind === "changed-meanwhile") return await this.#takeNewest();
      const faults = toFaults(error, changes);
      if (Object.keys(faults).length === 0) throw error;
      this.#tell({ faults: { ...this.#state.faults, ...faults } });
      return true;
    }
  }

  async #takeNewest(): Promise<false> {
    const newest = await this.#deps.read();
    const isOther = JSON.stringify(newest.settings) !== JSON.stringify(this.#state.saved.settings);
    this.#tell({ saved: newest, isChangedElsewhere: this.#state.isChangedElsewhere || isOther });
    return false;
  }

  #tell(news: Partial<SaverState<Body>>): void {
    this.#state = { ...this.#state, ...news };
    for (const listener of this.#listeners) listener();
  }
}

/** @throws anything else: a fault of the page */
function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

/** What was changed once more while it was sent stays. */
function without(pending: Changes, sent: Changes): Changes {
  const values: Readonly<Record<string, unknown>> = sent;
  return Object.fromEntries(Object.entries(pending).filter(([path, value]) => values[path] !== value));
}

function toFaults({ faults }: ApiError, changes: Changes): SaverState<unknown>["faults"] {
  const found: [SettingPath, string][] = [];
  for (const { path, message } of faults) {
    const setting = toSettingPath(path, changes);
    if (setting !== undefined) found.push([setting, message]);
  }
  return Object.fromEntries(found);
}
