import { setImmediate } from "node:timers/promises";
import type { Random } from "../../../local/sample/random.ts";
import { fetchDue } from "../../../shared/pipeline/fetch-due.ts";
import { openDropFile } from "../../../shared/pipeline/open-drop-file.ts";
import { sweep } from "../../../shared/pipeline/sweep.ts";
import { parseTicketPath } from "../../../shared/pipeline/ticket-path.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import type { Queues } from "../../../shared/store/queues.ts";
import type { PipelineWorld, WorldDeps } from "../../support/pipeline-world.ts";
import { runTask } from "./run-task.ts";

/** What was done to a world by its host. */
export interface Figures {
  messages: number;
  events: number;
  deliveries: number;
  /** Deliveries at which the same thing was under way at the other instance. */
  atOnce: number;
  /** Deliveries an hour late and more. */
  late: number;
  /** Deliveries after the drop was closed, or in its next generation. */
  afterwards: number;
  thrown: number;
}

interface Delivery {
  readonly name: string;
  /** The instance it goes to. */
  readonly to: number;
  readonly sentAt: number;
  /** Infinity: kept back until `releaseKept`. */
  at: number;
  tries: number;
  readonly run: (deps: WorldDeps) => Promise<unknown>;
}

const minute = 60_000;
const hour = 60 * minute;
const mostTries = 20;
const synchronous = ["now", "writer", "list"];

/**
 * A host worse than any: two instances, each blob event and each message delivered to both of them, in whatever order, at
 * the same moment or minutes to days apart, some of them only when the next generation has begun.
 */
export class RestlessHost {
  readonly figures: Figures = { messages: 0, events: 0, deliveries: 0, atOnce: 0, late: 0, afterwards: 0, thrown: 0 };
  readonly #world: PipelineWorld;
  readonly #random: Random;
  readonly #instances: readonly WorldDeps[];
  readonly #seen = new Set<string>();
  readonly #running = new Map<string, number>();
  #deliveries: Delivery[] = [];
  #nextTick = 0;
  isAfterwards = false;

  constructor(world: PipelineWorld, random: Random) {
    this.#world = world;
    this.#random = random;
    this.#instances = [0, 1].map(() => this.#instanceOf(world.start().deps));
  }

  /** An instance, to ask it for something as an admin does. */
  get instance(): WorldDeps {
    return this.#random.pick(this.#instances);
  }

  /** Goes on until nothing is open and nothing but what is kept back is to be delivered. */
  async run(longestInMs = 30 * 24 * hour): Promise<void> {
    const end = this.#world.clock.now() + longestInMs;
    for (let isOpen = true; isOpen || this.#nextAt() < Number.POSITIVE_INFINITY; isOpen = await this.#isOpen()) {
      if (this.#world.clock.now() > end) throw new Error(`does not come to rest: ${this.#world.errors.at(-1)}`);
      await this.#step(isOpen);
    }
  }

  /** What was kept back comes now, in any order. */
  releaseKept(): void {
    for (const delivery of this.#deliveries) {
      if (delivery.at === Number.POSITIVE_INFINITY)
        delivery.at = this.#world.clock.now() + this.#random.int(0, 2 * hour);
    }
  }

  /** Whatever is due, all at once, with the timers of both instances where it is time. */
  async #step(isOpen: boolean): Promise<void> {
    const { clock } = this.#world;
    // While nothing is open they run only when something is delivered: else ten days would be three thousand sweeps.
    const isTick = clock.now() >= this.#nextTick;
    const timers = isTick ? this.#instances.flatMap((deps) => [fetchDue(deps), sweep(deps)]) : [];
    if (isTick) this.#nextTick = clock.now() + 5 * minute;
    const due = this.#shuffled(this.#deliveries.filter(({ at }) => at <= clock.now())).slice(0, 6);
    await Promise.allSettled([...timers, ...due.map((delivery) => this.#deliver(delivery))]);
    await this.#noteEvents();
    const next = Math.min(this.#nextAt(), isOpen ? this.#nextTick : Number.POSITIVE_INFINITY);
    if (next < Number.POSITIVE_INFINITY) clock.turn(Math.max(0, next - clock.now()));
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { clock } = this.#world;
    const { figures } = this;
    this.#deliveries = this.#deliveries.filter((other) => other !== delivery);
    const besides = this.#running.get(delivery.name) ?? 0;
    this.#running.set(delivery.name, besides + 1);
    figures.deliveries += 1;
    if (besides > 0) figures.atOnce += 1;
    if (clock.now() - delivery.sentAt >= hour) figures.late += 1;
    if (this.isAfterwards) figures.afterwards += 1;
    const deps = this.#instances[delivery.to] ?? this.instance;
    await delivery.run(deps).catch((error: unknown) => this.#putBack(delivery, error));
    this.#running.set(delivery.name, (this.#running.get(delivery.name) ?? 1) - 1);
  }

  #putBack(delivery: Delivery, error: unknown): void {
    this.figures.thrown += 1;
    this.#world.errors.push(error);
    delivery.tries += 1;
    if (delivery.tries >= mostTries) throw new Error(`${delivery.name} fails again and again`, { cause: error });
    delivery.at = this.#world.clock.now() + minute;
    this.#deliveries.push(delivery);
  }

  /** To both instances; the second time at the same moment, minutes, hours or days later, or in the next generation. */
  #twice(name: string, delayInMs: number, run: Delivery["run"]): void {
    const sentAt = this.#world.clock.now() + delayInMs;
    const first = sentAt + this.#random.int(0, 5 * minute);
    const kind = this.#random.next();
    let second = sentAt + this.#random.int(0, 30 * minute);
    if (kind < 0.3) second = first;
    else if (kind < 0.45) second = sentAt + this.#random.int(0, 5 * hour);
    else if (kind < 0.6) second = sentAt + this.#random.int(0, 10 * 24 * hour);
    else if (kind < 0.75 && !this.isAfterwards) second = Number.POSITIVE_INFINITY;
    const to = this.#random.int(0, 1);
    this.#deliveries.push({ name, to, sentAt, at: first, tries: 0, run });
    this.#deliveries.push({ name, to: 1 - to, sentAt, at: second, tries: 0, run });
  }

  async #noteEvents(): Promise<void> {
    for await (const { path, etag } of this.#world.blobs.list("released/")) {
      const name = `${path} ${etag}`;
      if (this.#seen.has(name)) continue;
      this.#seen.add(name);
      this.figures.events += 1;
      this.#twice(name, 0, (deps) => openDropFile(deps, parseTicketPath(path)));
    }
  }

  /** A message is a text between two processes, so it is one here. */
  #queues(): Queues {
    return {
      send: async (queue, task, delayInMs = 0) => {
        const text = JSON.stringify(task);
        this.figures.messages += 1;
        this.#twice(`${queue} ${text}`, delayInMs, (deps) => runTask(deps, queue, JSON.parse(text)));
      },
    };
  }

  #instanceOf(deps: WorldDeps): WorldDeps {
    const shared = { blobs: this.#dawdling(deps.blobs), queues: this.#queues() };
    return { ...deps, ...shared, import: { ...deps.import, ...shared } };
  }

  /** Every call to storage takes a moment of its own, so that what runs side by side meets in ever new ways. */
  #dawdling(blobs: Blobs): Blobs {
    return new Proxy(blobs, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        if (synchronous.includes(String(key))) return member.bind(target);
        return async (...args: unknown[]) => {
          for (let turns = this.#random.int(0, 3); turns > 0; turns -= 1) await setImmediate();
          return member.apply(target, args);
        };
      },
    });
  }

  #shuffled(deliveries: readonly Delivery[]): Delivery[] {
    const drawn = deliveries.map((delivery) => ({ delivery, lot: this.#random.next() }));
    return drawn.toSorted((a, b) => a.lot - b.lot).map(({ delivery }) => delivery);
  }

  #nextAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#deliveries.map(({ at }) => at));
  }

  async #isOpen(): Promise<boolean> {
    if (this.#seen.size === 0) return true;
    for await (const _ of this.#world.blobs.list("state/open/")) return true;
    return false;
  }
}
