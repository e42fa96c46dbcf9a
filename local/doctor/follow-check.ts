import type { CheckId } from "../../shared/chat/identifiers.ts";
import { type CheckDocument, checkDocument } from "../../shared/pipeline/check/check-document.ts";
import { type Finding, warning, wrong } from "../../shared/pipeline/check/finding.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import type { Clock } from "../../shared/store/clock.ts";
import { paths } from "../../shared/store/paths.ts";
import { readDocument } from "../../shared/store/state-document.ts";

/** What following a check takes. */
export interface FollowDeps {
  readonly blobs: Pick<Blobs, "read">;
  readonly clock: Clock;
  /** How long the app may take to begin. */
  readonly waitInMs: number;
  /** Stops following; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Tells why the app has not begun. */
  readonly tellNotTaken: () => Promise<Finding>;
}

const lookEveryInMs = 500;
/** The longest check takes two minutes, and a message whose process has died comes again after one. */
const patienceInMs = 300_000;

/** What the app finds, as it finds it; at the end, should it come too late, why there is no more. */
export async function* followCheck(deps: FollowDeps, check: CheckId): AsyncGenerator<Finding> {
  let [begun, told] = [0, 0];
  let movedAt = deps.clock.now();
  for (;;) {
    const document = (await readDocument(deps.blobs, paths.check(check), checkDocument))?.value;
    if (document === undefined) {
      yield { area: "app", ...wrong("the request is gone from storage", "Somebody has deleted it: ask once more.") };
      return;
    }
    if (document.begun !== begun) {
      if (begun > 0) yield toNewBeginning(document);
      [begun, told, movedAt] = [document.begun, 0, deps.clock.now()];
    }
    const fresh = document.findings.slice(told);
    yield* fresh;
    if (fresh.length > 0) [told, movedAt] = [document.findings.length, deps.clock.now()];
    if (document.endedAt !== undefined) return;
    const waitedInMs = deps.clock.now() - movedAt;
    if (begun === 0 && waitedInMs >= deps.waitInMs) {
      yield await deps.tellNotTaken();
      return;
    }
    if (begun > 0 && waitedInMs >= patienceInMs) {
      yield toStandstill();
      return;
    }
    await deps.clock.sleep(lookEveryInMs, deps.signal);
  }
}

function toNewBeginning({ begun }: CheckDocument): Finding {
  const told = warning(
    `its process ended in the middle of the check, which begins anew (${begun})`,
    "See process.crashed in the log, or the host's line about memory, if it was not being restarted or published.",
  );
  return { area: "app", ...told };
}

function toStandstill(): Finding {
  const told = wrong(
    `began the check and has not gone on for ${patienceInMs / 60_000} minutes`,
    "Its process has ended, and the message does not come again. See what the log says of function checkUp, and run the doctor again.",
  );
  return { area: "app", ...told };
}
