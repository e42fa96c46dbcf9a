import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../local/sample/random.ts";
import { SiteError, type SiteReason } from "../../../shared/fetch/site-error.ts";
import { forgetRefusal } from "../../../shared/pipeline/fetch-due.ts";
import { acme, type PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, type Row, siteMorning } from "../../support/small-drop.ts";
import { saidIn, worldOf } from "./deliveries.ts";

const minute = 60_000;
const faults = [
  ...["disconnected", "silent", "no-such-file", "permission-denied", "file-shrank", "file-grew", "unknown"],
] as const satisfies readonly SiteReason[];

/** Changes a site under the reader's hands, and remembers every state in which each file was there. */
class Moods {
  /** The texts of each state that a file was in. */
  readonly states: string[][] = [];
  readonly #world: PipelineWorld;
  readonly #random: Random;
  readonly #rows = new Map<string, Row[]>();
  #tick = 0;
  #names = 0;

  constructor(world: PipelineWorld, random: Random) {
    this.#world = world;
    this.#random = random;
    for (let n = 0; n < 3; n += 1) this.#rewrite(this.#newName());
    world.siteOf().onAsk = () => this.#ask();
  }

  calm(): void {
    this.#world.siteOf().onAsk = () => undefined;
  }

  /** What lies on the site now. */
  get texts(): string[] {
    return [...this.#rows.values()].flatMap((rows) => rows.map(({ id }) => id));
  }

  #ask(): void {
    if (this.#random.next() < 0.12) this.#change();
    const fault = this.#random.next() < 0.08 ? faults[this.#random.int(0, faults.length - 1)] : undefined;
    if (fault !== undefined) throw new SiteError(fault);
  }

  #change(): void {
    const names = [...this.#rows.keys()];
    const name = names[this.#random.int(0, Math.max(0, names.length - 1))] ?? this.#newName();
    const rows = this.#rows.get(name) ?? [];
    const moods = [
      () => this.#rewrite(name),
      () => this.#put(name, [...rows, ...this.#fresh(name)]),
      () => this.#put(name, rows.slice(0, Math.max(1, rows.length - 1))),
      () => this.#rewrite(this.#newName()),
      () => this.#remove(name),
      () => {
        this.#remove(name);
        this.#put(this.#newName(), rows);
      },
    ];
    moods[this.#random.int(0, moods.length - 1)]?.();
  }

  #newName(): string {
    this.#names += 1;
    return `f${this.#names}.csv`;
  }

  #rewrite(name: string): void {
    this.#put(name, this.#fresh(name));
  }

  #fresh(name: string): Row[] {
    this.#tick += 1;
    const word = `${name.slice(0, -4)}.${this.#tick}`;
    return Array.from({ length: this.#random.int(1, 60) }, (_, n) => ({
      id: `${word}.${n}`,
      from: "ann",
      to: ["bob"],
    }));
  }

  #put(name: string, rows: Row[]): void {
    if (rows.length === 0) return;
    this.#tick += 1;
    this.#rows.set(name, rows);
    this.states.push(rows.map(({ id }) => id));
    this.#world.put(name, csvOf(rows), siteMorning + this.#tick * 1000);
  }

  #remove(name: string): void {
    this.#rows.delete(name);
    this.#world.siteOf().files.delete(`/out/${name}`);
  }
}

/** What of the mailbox never lay on the site together with the rest of its file. */
function listHalves(imported: ReadonlySet<string>, states: readonly (readonly string[])[]): string[] {
  const whole = new Set(states.filter((state) => state.every((text) => imported.has(text))).flat());
  return [...imported].filter((text) => !whole.has(text));
}

test("a site that changes and fails at any moment: what lies on it in the end is imported, everything once, and no half files", async (t) => {
  const runs = Number(process.env["SOURCE_RUNS"] ?? 15);
  const seed = process.env["SOURCE_SEED"] ?? "moods";
  const figures = { runs, states: 0, imported: 0, lost: 0, doubled: 0, halves: 0 };
  for (let run = 0; run < runs; run += 1) {
    const world = await worldOf();
    const moods = new Moods(world, new Random(`${seed}-${run}`));
    for (let round = 0; round < 5; round += 1) {
      await forgetRefusal(world.deps, acme);
      await world.queues.send("fetches", { v: 1, runId: "by-hand", connector: acme });
      await world.runFor(35 * minute);
    }
    moods.calm();
    await world.runFor(60 * minute);
    await world.fetch();
    await world.runUntilQuiet();
    const found = saidIn(world, oids.ann);
    const imported = new Set(found);
    figures.states += moods.states.length;
    figures.imported += imported.size;
    figures.doubled += found.length - imported.size;
    figures.lost += moods.texts.filter((text) => !imported.has(text)).length;
    figures.halves += listHalves(imported, moods.states).length;
    const { lost, doubled, halves } = figures;
    assert.deepEqual({ lost, doubled, halves }, { lost: 0, doubled: 0, halves: 0 }, `SOURCE_SEED=${seed}, run ${run}`);
  }
  t.diagnostic(JSON.stringify(figures));
});
