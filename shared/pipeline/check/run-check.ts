import type { Clock } from "../../store/clock.ts";
import type { Area, Finding, Told } from "./finding.ts";
import { wrong } from "./finding.ts";
import { tellUnknown } from "./tell-fault.ts";

/** One thing that is checked. */
export interface Check {
  readonly area: Area;
  /** Which one of several, such as a connector's name. */
  readonly about?: string;
  /** How long it may take in all. */
  readonly limitInMs: number;
  /** Tells what it finds, as it finds it. What it throws becomes a finding too. */
  run(signal: AbortSignal): AsyncIterable<Told>;
}

type Step = IteratorResult<Told, unknown> | "time-up";

/**
 * Makes one check within its time: one that hangs, or fails in a way nobody thought of, hides none of the others. What was
 * found before stays.
 */
export async function* runCheck(clock: Clock, check: Check, signal: AbortSignal): AsyncGenerator<Finding> {
  const { area, about, limitInMs } = check;
  const toFinding = (told: Told): Finding => ({ area, ...(about === undefined ? {} : { about }), ...told });
  const stop = new AbortController();
  const done = new AbortController();
  const timeUp = clock.sleep(limitInMs, done.signal).then(
    (): Step => "time-up",
    (): Step => "time-up",
  );
  const told = check.run(AbortSignal.any([signal, stop.signal]))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await Promise.race([told.next(), timeUp]);
      if (step === "time-up") {
        yield toFinding(tellTimeUp(limitInMs));
        return;
      }
      if (step.done === true) return;
      yield toFinding(step.value);
    }
  } catch (error) {
    // The lease is lost: another process makes this check, and its findings count.
    signal.throwIfAborted();
    yield toFinding(tellUnknown(error));
  } finally {
    stop.abort();
    done.abort();
  }
}

function tellTimeUp(limitInMs: number): Told {
  return wrong(
    `did not end within ${Math.round(limitInMs / 1000)} s`,
    "Something on the way drops what the app sends instead of refusing it: a firewall, a private endpoint without its DNS record, a site that hangs. Look at the network between the app and what this line is about, then run the doctor again.",
  );
}
