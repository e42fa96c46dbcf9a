import { type Finding, toTally } from "../../shared/pipeline/check/finding.ts";
import { isTokenFault, tellTokenFault } from "../../shared/pipeline/check/tell-token-fault.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { openPlace } from "../operate/open-place.ts";
import { WrongOption } from "../start/wrong-option.ts";
import { toSummary, toText } from "./finding-text.ts";
import { help } from "./help.ts";
import { parseDoctorOptions } from "./options.ts";
import { runDoctor } from "./run-doctor.ts";

/** The entry of `npm run doctor`. */
async function main(signal: AbortSignal): Promise<number> {
  try {
    const options = parseDoctorOptions(process.argv.slice(2), process.env);
    if (options === undefined) {
      console.log(help);
      return 0;
    }
    const { storage } = openPlace(options.place);
    const findings: Finding[] = [];
    for await (const finding of runDoctor({ storage, clock: systemClock, signal }, options)) {
      findings.push(finding);
      if (!options.isJson) console.log(toText(finding));
    }
    const tally = toTally(findings);
    if (options.isJson) console.log(JSON.stringify({ ok: tally.wrong === 0, tally, findings }, undefined, 2));
    else console.log(`\n${toSummary(tally)}`);
    return tally.wrong === 0 ? 0 : 1;
  } catch (error) {
    return signal.aborted ? 130 : tell(error);
  }
}

function tell(error: unknown): number {
  if (error instanceof WrongOption) console.error(error.message);
  else if (isTokenFault(error)) console.error(toText({ area: "laptop", ...tellTokenFault(error, "person") }));
  else console.error(error);
  return error instanceof WrongOption ? 2 : 1;
}

const interrupted = new AbortController();
// The request is taken back first: it may hold addresses. A second Ctrl-C ends at once.
process.once("SIGINT", () => interrupted.abort());
process.exitCode = await main(interrupted.signal);
// Whatever a library still holds open must not keep the terminal; what was printed is out by then.
process.stdout.end(() => process.exit());
