import type { Blobs } from "../../store/blobs.ts";
import { ok, type Told, warning, wrong } from "./finding.ts";

/** What comparing clocks takes. */
export interface ClockDeps {
  readonly clock: { now(): number };
  readonly blobs: Pick<Blobs, "now" | "head">;
}

const warnFromInMs = 5_000;
const wrongFromInMs = 300_000;
const why =
  "Leases, waits and the times of items are counted by it, and services refuse tokens and requests from a wrong time.";

/**
 * Compares the app's clock with that of storage's replies, whose Date is in whole seconds: so only what they prove counts.
 * It is the app's own; what it writes goes by storage's.
 */
export async function* checkClock({ clock, blobs }: ClockDeps): AsyncGenerator<Told> {
  // A reply of now: a clock that was set a minute ago must not be judged by an old one.
  await blobs.head("state/check/clock");
  const aheadInMs = clock.now() - blobs.now();
  const offInMs = Math.abs(aheadInMs);
  if (offInMs <= warnFromInMs) {
    yield ok(offInMs < 1000 ? "as storage's" : `${toSeconds(offInMs)} s from storage's`);
    return;
  }
  const text = `${toSeconds(offInMs)} s ${aheadInMs > 0 ? "ahead of" : "behind"} storage's`;
  const mend = "In Azure restart the app (az functionapp restart); elsewhere set the machine's clock by NTP.";
  yield offInMs > wrongFromInMs ? wrong(text, `${mend} ${why}`) : warning(text, `${mend} ${why}`);
}

function toSeconds(ms: number): number {
  return Math.round(ms / 1000);
}
