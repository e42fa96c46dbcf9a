import { type Standing, toShare, toStageLine } from "./stage-line.ts";

/** Shows progress: one line that is written over on a terminal, plain lines elsewhere. */
export interface Progress {
  /** Shows how far a drop is, or what is being done. */
  show(standing: Standing | string): void;
  /** Prints a line that stays. */
  say(line: string): void;
  end(): void;
}

/** What the display writes to; `process.stdout` fits. */
export interface Screen {
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** Without a terminal a stage is told when it begins, and then so often. */
const tellEveryInMs = 5_000;
const widestBar = 24;

/** Makes the display. `now` in ms. */
export function createProgress(out: Screen, now: () => number): Progress {
  const isTerminal = out.isTTY === true;
  const rate = new Rate();
  let last = { text: "", stage: "", at: 0 };
  const clear = (): void => {
    if (isTerminal && last.text !== "") out.write("\r\x1b[K");
  };
  const draw = (): void => {
    if (isTerminal && last.text !== "") out.write(last.text);
  };
  return {
    show(standing) {
      const { stage, text } = isTerminal ? fit(standing, rate, now(), out.columns || 80) : flat(standing, rate, now());
      const isDue = isTerminal || stage !== last.stage || now() - last.at >= tellEveryInMs;
      if (text === last.text || !isDue) return;
      clear();
      last = { text, stage, at: now() };
      if (isTerminal) draw();
      else out.write(`${text}\n`);
    },
    say(line) {
      clear();
      out.write(`${line}\n`);
      draw();
    },
    end() {
      clear();
      last = { text: "", stage: "", at: 0 };
    },
  };
}

function flat(standing: Standing | string, rate: Rate, at: number): { stage: string; text: string } {
  if (typeof standing === "string") return { stage: standing, text: standing };
  const { stage, counts } = toStageLine(standing, rate.note(standing, at));
  return { stage, text: stage + counts };
}

/** In the terminal's width, which must not be reached: some wrap then. The bar gets what the counts leave. */
function fit(standing: Standing | string, rate: Rate, at: number, columns: number): { stage: string; text: string } {
  const width = columns - 1;
  if (typeof standing === "string") return { stage: standing, text: standing.slice(0, width) };
  const { stage, counts } = toStageLine(standing, rate.note(standing, at));
  const share = toShare(standing);
  const barWidth = Math.min(widestBar, width - stage.length - counts.length - 3);
  if (share === undefined || barWidth < 5) return { stage, text: (stage + counts).slice(0, width) };
  const bar = "#".repeat(Math.floor(share * barWidth)).padEnd(barWidth, ".");
  return { stage, text: `${stage}[${bar}] ${counts}` };
}

/** Settled items a second over the last half minute of the import. */
class Rate {
  #samples: { at: number; settled: number }[] = [];

  note({ drop, settled }: Standing, at: number): number {
    if (drop.state !== "importing" || settled < (this.#samples.at(-1)?.settled ?? 0)) this.#samples = [];
    if (drop.state !== "importing") return 0;
    this.#samples.push({ at, settled });
    this.#samples = this.#samples.filter((sample) => at - sample.at <= 30_000);
    const first = this.#samples[0];
    if (first === undefined || at === first.at) return 0;
    return ((settled - first.settled) * 1000) / (at - first.at);
  }
}
