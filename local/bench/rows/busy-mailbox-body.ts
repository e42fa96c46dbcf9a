import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { dropId, mailboxParts } from "../../../shared/chat/identifiers.ts";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { GraphMailbox } from "../../../shared/import/graph-mailbox.ts";
import { toImportSettings } from "../../../shared/import/import-settings.ts";
import type { ImportDeps } from "../../../shared/pipeline/import-deps.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import type { Clock } from "../../../shared/store/clock.ts";
import type { DependencyCall } from "../../../shared/telemetry/dependency-tally.ts";
import { type GraphStandIn, startGraph } from "../../graph/start-graph.ts";
import { loadOrMakeTls } from "../../tls/certificate-files.ts";
import { trustCertificate } from "../../tls/trust-certificate.ts";
import type { Body } from "../measure/body.ts";
import { mailboxOf, putDrop } from "./import-drop.ts";
import { anyToken, startImport } from "./import-setup.ts";

const argsOf = z.object({
  /** How long Graph takes for a request. */
  graphInMs: z.number(),
  storageInMs: z.number(),
  /** Windows of ten minutes that are counted. */
  windows: z.number(),
});

const windowInMs = 600_000;
const perWindow = 10_000;
/** By then it must have met the limit for the first time. */
const patienceInMs = 2 * windowInMs;
/** Until the next slice's message is taken, on the average: half of host.json's maxPollingInterval. */
const pollInMs = 1_000;
const drop = dropId.parse("bench-2026-06-03-1");

/**
 * A clock that only requests and waits turn, so that the machine's pace does not matter: what it says is the same on a slow one.
 * Only the wait for a lease's next renewal is for the time that others take.
 */
class TurnedClock implements Clock {
  readonly #idleSleepInMs: number;
  #now = Date.now();
  #idle: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(idleSleepInMs: number) {
    this.#idleSleepInMs = idleSleepInMs;
  }

  now(): number {
    return this.#now;
  }

  turn(ms: number): void {
    this.turnTo(this.#now + ms);
  }

  turnTo(at: number): void {
    this.#now = Math.max(this.#now, at);
    const due = this.#idle.filter((one) => one.at <= this.#now);
    this.#idle = this.#idle.filter((one) => one.at > this.#now);
    for (const { wake } of due) wake();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const at = this.#now + ms;
    if (ms === this.#idleSleepInMs) return await this.#untilTurned(at, signal);
    // Lanes that wait for the same time must not add up.
    await setImmediate();
    signal?.throwIfAborted();
    this.turnTo(at);
  }

  #untilTurned(at: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#idle.push({ at, wake: resolve });
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  }
}

/**
 * Imports more into one mailbox than Graph's limit for it lets through, against the stand-in with the real service's limits.
 * Counted from the first 429 on: what comes before is an allowance that nobody had used.
 */
export const busyMailboxBody: Body = async (args) => {
  const { graphInMs, storageInMs, windows } = argsOf.parse(args);
  const { lanes, renewEveryInMs } = toImportSettings({ renewEveryInMs: 7500 });
  const clock = new TurnedClock(renewEveryInMs);
  const folder = await mkdtemp(join(tmpdir(), "bench-busy-"));
  const counter = new WindowCounter(clock, windows);
  const setup = await startImport({ change: () => ({ renewEveryInMs }), observe: () => clock.turn(storageInMs) });
  const standIn = await startStandIn(folder, clock);
  try {
    await putDrop(setup.import.blobs, { drop, mailboxes: 3, items: { 0: (windows + 2) * perWindow } });
    const observe = (call: DependencyCall): void => {
      // As many are under way at once as there are lanes.
      clock.turn(graphInMs / lanes);
      counter.observe(call);
    };
    const graph = createGraph({ credential: anyToken, endpoint: standIn.url, clock, observe });
    const { settings } = setup.import;
    const deps: ImportDeps = {
      ...setup.import,
      // In the middle: by chance alone one run would differ from the next by a tenth.
      random: () => 0.5,
      clock,
      blobs: byClock(setup.import.blobs, clock),
      mailboxOf: (oid) => new GraphMailbox(graph, oid, settings),
    };
    for (let slice = 0; !counter.isOver; slice += 1) await takeMessage(deps, clock, slice);
    return { accepted: counter.accepted, throttled: counter.throttled, allowed: windows * perWindow };
  } finally {
    await Promise.all([setup.stop(), standIn.close()]);
    await rm(folder, { recursive: true });
  }
};

/** Counts requests in windows that begin with the first one that is refused. */
class WindowCounter {
  readonly #clock: Clock;
  readonly #lengthInMs: number;
  readonly #begunAt: number;
  #metAt: number | undefined;
  accepted = 0;
  throttled = 0;

  constructor(clock: Clock, windows: number) {
    this.#clock = clock;
    this.#lengthInMs = windows * windowInMs;
    this.#begunAt = clock.now();
  }

  /** @throws Error when the limit was not met in time */
  get isOver(): boolean {
    const now = this.#clock.now();
    if (this.#metAt !== undefined) return now >= this.#metAt + this.#lengthInMs;
    if (now - this.#begunAt > patienceInMs) throw new Error("Graph's limit for a mailbox was never met");
    return false;
  }

  readonly observe = ({ outcome }: Pick<DependencyCall, "outcome">): void => {
    if (outcome === "throttled") this.#metAt ??= this.#clock.now();
    if (this.#metAt === undefined || this.isOver) return;
    if (outcome === "throttled") this.throttled += 1;
    else this.accepted += 1;
  };
}

/** One slice; then the time passes until its next message would be taken. */
async function takeMessage(deps: ImportDeps, clock: TurnedClock, slice: number): Promise<void> {
  const task = { v: 1, runId: "bench", drop, gen: 1, mailbox: mailboxOf(0), slice } as const;
  const came = await importMailbox(deps, task);
  if (came.outcome !== "continued") throw new Error(`the busy mailbox's run came to ${JSON.stringify(came)}`);
  clock.turnTo(came.nextAt ?? 0);
  clock.turn(pollInMs);
}

/** Storage's own clock is the machine's: who goes by the fast one must not hear of it. */
function byClock(blobs: Blobs, clock: Clock): Blobs {
  return new Proxy(blobs, {
    get(target, name) {
      if (name === "now") return () => clock.now();
      const method: unknown = Reflect.get(target, name);
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}

async function startStandIn(folder: string, clock: Clock): Promise<GraphStandIn> {
  const tls = await loadOrMakeTls(folder, Date.now());
  trustCertificate(tls);
  const { oid } = mailboxParts(mailboxOf(0));
  const directory = [{ id: oid, userPrincipalName: "busy@bench.example" }];
  return await startGraph({ tls, directory, clock, tokens: { check: () => "good" } });
}
