import type { DropState } from "../../shared/pipeline/drop-state.ts";

/** How far a drop is, in numbers. */
export interface Standing {
  readonly drop: DropState;
  /** Files that have come from the site. */
  readonly fetched: number;
  /** Files that are cut, or still arriving: they are looked for once more. */
  readonly incomplete: number;
  /** Chunks that are mapped. */
  readonly routed: number;
  /** Items x mailboxes, known from `gathered` on. */
  readonly available: number;
  readonly settled: number;
  readonly mailboxes: number;
  readonly finished: number;
}

/** Shows progress: one line that is written over on a terminal, plain lines elsewhere. */
export interface Progress {
  show(standing: Standing | undefined): void;
  /** Prints a line that stays. */
  say(line: string): void;
  end(): void;
}

const barWidth = 24;

/** Makes the display. `now` in ms. */
export function createProgress(out: NodeJS.WriteStream, now: () => number): Progress {
  const isTerminal = out.isTTY === true;
  const rate = new Rate();
  let [last, lastAt] = ["", 0];
  const clear = (): void => {
    if (isTerminal && last !== "") out.write("\r\x1b[K");
  };
  const draw = (): void => {
    if (isTerminal && last !== "") out.write(last.slice(0, (out.columns || 120) - 1));
  };
  return {
    show(standing) {
      const line =
        standing === undefined ? "waiting for the site's files" : toLine(standing, rate.note(standing, now()));
      const isDue = isTerminal || now() - lastAt >= 5_000 || toStage(line) !== toStage(last);
      if (line === last || !isDue) return;
      clear();
      [last, lastAt] = [line, now()];
      if (isTerminal) draw();
      else out.write(`${line}\n`);
    },
    say(line) {
      clear();
      out.write(`${line}\n`);
      draw();
    },
    end() {
      clear();
      last = "";
    },
  };
}

function toStage(line: string): string {
  return line.split(":", 1)[0] ?? "";
}

/** One line: stage, counts, and while items go into mailboxes rate and time left. */
function toLine(standing: Standing, perSecond: number): string {
  const { drop, fetched, incomplete, routed, available, settled, mailboxes, finished } = standing;
  const name = `${drop.id}${drop.gen === 1 ? "" : ` generation ${drop.gen}`}`;
  switch (drop.state) {
    case "collecting":
      return `${name} fetching: ${fetched} of ${drop.files.length} files${incomplete === 0 ? "" : `, ${incomplete} incomplete: looked for once more`}`;
    case "released":
    case "counted":
      return `${name} opening: ${drop.chatFiles.length} chat files, ${drop.items} items`;
    case "sealed":
      return `${name} mapping: ${routed} of ${drop.chunks ?? 0} chunks, ${drop.items} items`;
    case "routed":
    case "gathered":
      return `${name} gathering: ${mailboxes} mailboxes so far`;
    case "importing": {
      const left = perSecond > 0 ? `, ${toDuration((available - settled) / perSecond)} left` : "";
      const share = available === 0 ? 1 : settled / available;
      const bar = "#".repeat(Math.round(share * barWidth)).padEnd(barWidth, ".");
      const speed = perSecond > 0 ? `, ${Math.round(perSecond)}/s${left}` : "";
      return `${name} importing: [${bar}] ${settled} of ${available} items, ${finished} of ${mailboxes} mailboxes${speed}`;
    }
    case "verifying":
    case "closed":
    case "held":
      return `${name} ${drop.state}: ${drop.items} items`;
  }
}

/** Settled items a second over the last half minute. */
class Rate {
  #samples: { at: number; settled: number }[] = [];

  note({ settled }: Standing, at: number): number {
    if (settled < (this.#samples.at(-1)?.settled ?? 0)) this.#samples = [];
    this.#samples.push({ at, settled });
    this.#samples = this.#samples.filter((sample) => at - sample.at <= 30_000);
    const first = this.#samples[0];
    if (first === undefined || at === first.at) return 0;
    return ((settled - first.settled) * 1000) / (at - first.at);
  }
}

function toDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  return whole < 90 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
