import type { Clock } from "../store/clock.ts";
import type { Brake } from "./brake.ts";
import type { Answer } from "./mailbox.ts";

const mostRenewals = 3;

/** The folder that a slice imports into. */
export class Home {
  readonly #find: () => Promise<Answer<string>>;
  readonly #brake: Brake;
  #folderId: string;
  #renewals = 0;
  #renewing: Promise<void> | undefined;

  constructor(folderId: string, deps: { readonly find: () => Promise<Answer<string>>; readonly brake: Brake }) {
    this.#folderId = folderId;
    this.#find = deps.find;
    this.#brake = deps.brake;
  }

  /** Its id. */
  get folderId(): string {
    return this.#folderId;
  }

  /** Finds or makes the folder anew, because Graph says that `gone` is; once for all lanes. Ends the slice if that fails. */
  async renew(gone: string): Promise<void> {
    if (gone !== this.#folderId) return;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    this.#renewals += 1;
    const found = await this.#find();
    if (found.type === "value") this.#folderId = found.value;
    else meetAnswer(this.#brake, found);
    // Graph lists a folder and then says that it is gone: asking on and on would not end that.
    if (this.#renewals >= mostRenewals) this.#brake.pauseUnstable();
  }
}

/** Tells the brake of a read that gave no value: the slice cannot go on without it. */
export function meetAnswer(brake: Brake, answer: Exclude<Answer<unknown>, { type: "value" }>): void {
  if (answer.type === "unknown") brake.meetOutage(answer.retryAfterInMs);
  else brake.stopFor(answer);
}

const mostTries = 4;
const betweenTriesInMs = 500;

/** Asks again when an answer was none, which for a read is always safe: one 502 must not cost a mailbox a whole slice. */
export async function askPatiently<T>(ask: () => Promise<Answer<T>>, clock: Clock): Promise<Answer<T>> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.type !== "unknown" || answer.retryAfterInMs !== undefined || tries >= mostTries) return answer;
    await clock.sleep(betweenTriesInMs * tries);
  }
}
