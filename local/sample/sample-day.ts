import { type Cast, makeCast } from "./cast.ts";
import { cutScript } from "./cut-script.ts";
import { fillerTypes, playFiller } from "./filler.ts";
import { Random } from "./random.ts";
import { type FileShape, type SampleFormat, sampleFormats } from "./sample-formats.ts";
import type { SampleOptions } from "./sample-options.ts";
import type { Script } from "./sample-types.ts";
import { showcases } from "./showcases.ts";
import type { Stage } from "./stage.ts";
import { dayAfter, startOfDay } from "./zone-day.ts";

/** A drop file to be. */
export interface PlannedFile {
  readonly number: number;
  readonly shape: FileShape;
  readonly name: string;
  /** Name of the chat file in the archive. */
  readonly chatName: string;
}

/** A conversation and the file it goes into; `play` makes it, the same each time. */
export interface PlannedConversation {
  readonly file: number;
  play(): Script;
}

/** Longest conversation: what is held in memory at once. */
const longest = 2_000;
const itemsAFile = 50_000;

/** A trading day: who, which files, and which conversations, each made anew whenever it is asked for. */
export class SampleDay {
  readonly options: SampleOptions;
  readonly format: SampleFormat;
  readonly cast: Cast;
  readonly files: readonly PlannedFile[];
  readonly #stages: readonly Stage[];

  /** @throws RangeError when the options make no sample */
  constructor(options: SampleOptions) {
    if (!(options.messages >= 1) || !(options.users >= 1))
      throw new RangeError("a sample needs messages and users: 1 or more");
    this.options = options;
    this.format = sampleFormats[options.format];
    this.cast = makeCast(options.seed, options.users);
    this.files = planFiles(options, this.format.layout);
    const [dayStart, dayEnd] = [startOfDay(options.day, options.zone), startOfDay(dayAfter(options.day), options.zone)];
    const { cast, format } = this;
    this.#stages = this.files.map(({ number, shape }) => {
      const unit = (number >> 1) % 2 === 0 ? "ms" : "s";
      return { cast, feed: options.feed, dayStart, dayEnd, unit, hasEdits: format.hasEdits, bytes: shape.bytes };
    });
  }

  /** Every conversation of the day; together they have exactly as many entries as were asked for. */
  *conversations(): Iterable<PlannedConversation> {
    let left = this.options.messages;
    for (const [n, showcase] of showcases.entries()) {
      if (left === 0) return;
      const file = n < 5 ? 0 : n % this.files.length;
      const [limit, id] = [left, `show-${n + 1}`];
      const play = (): Script => showcase(this.#stage(file), this.#random(id), this.#id("S", n + 1), limit);
      left -= play().entries.length;
      yield { file, play };
    }
    for (const special of [...this.#splits(), ...this.#repeats()]) {
      if (special.count > left) break;
      left -= special.count;
      yield* special.parts;
    }
    yield* this.#fillers(left);
  }

  *#fillers(count: number): Iterable<PlannedConversation> {
    const random = this.#random("fillers");
    const shares = fillerTypes.reduce((sum, { share }) => sum + share, 0);
    for (let n = 1, left = count; left > 0; n += 1) {
      let at = random.next() * shares;
      const found = fillerTypes.find(({ share }) => {
        at -= share;
        return at <= 0;
      });
      const { type, mean } = found ?? fillerTypes[0];
      const entries = Math.min(left, longest, 1 + Math.round(random.exponential(mean - 1)));
      const file = random.int(0, this.files.length - 1);
      left -= entries;
      yield { file, play: () => playFiller(this.#stage(file), this.#random(`c${n}`), type, this.#id("C", n), entries) };
    }
  }

  /** One room cut in two for each pair of files that the source has split. */
  #splits(): { count: number; parts: PlannedConversation[] }[] {
    return this.files
      .filter(({ shape }) => shape.part === 1)
      .map(({ number: file }) => {
        const whole = (): Script =>
          playFiller(this.#stage(file), this.#random(`split${file}`), "room", this.#id("R", file), 40, true);
        const parts = [
          { file, play: () => cutScript(whole(), 20)[0] },
          { file: file + 1, play: () => cutScript(whole(), 20)[1] },
        ];
        return { count: 40, parts };
      });
  }

  /** One conversation that two files have, so that its items are skipped the second time. */
  #repeats(): { count: number; parts: PlannedConversation[] }[] {
    if (this.files.length < 2) return [];
    const play = (): Script => playFiller(this.#stage(1), this.#random("repeat"), "pair", this.#id("H", 1), 10, true);
    const again = (): Script => {
      const script = play();
      return {
        ...script,
        perspective: "again",
        entries: script.entries.map((entry) => ({ ...entry, isRepeat: true })),
      };
    };
    return [
      {
        count: 20,
        parts: [
          { file: 1, play },
          { file: 0, play: again },
        ],
      },
    ];
  }

  #stage(file: number): Stage {
    const stage = this.#stages[file];
    if (stage === undefined) throw new RangeError(`no file ${file}`);
    return stage;
  }

  #random(what: string): Random {
    return new Random(`${this.options.seed}/${this.options.format}/${what}`);
  }

  #id(letter: string, n: number): string {
    return `${this.options.feed}-${this.options.day.replaceAll("-", "")}-${letter}${String(n).padStart(6, "0")}`;
  }
}

function planFiles({ messages, feed, day }: SampleOptions, layout: readonly FileShape[]): PlannedFile[] {
  const files: PlannedFile[] = [];
  const wanted = Math.max(layout.length, Math.ceil(messages / itemsAFile));
  for (let group = 1; files.length < wanted || files.at(-1)?.shape.part === 1; ) {
    const number = files.length;
    const shape = layout[number % layout.length];
    if (shape === undefined) throw new RangeError("a format without files");
    const stem = `${feed}_ICEChat_${day.replaceAll("-", "")}_${String(group).padStart(2, "0")}`;
    files.push({
      number,
      shape,
      name: `${stem}.${shape.ending}`,
      chatName: `${stem}.${shape.inArchive ?? shape.ending}`,
    });
    if (shape.part !== 1) group += 1;
  }
  return files;
}
