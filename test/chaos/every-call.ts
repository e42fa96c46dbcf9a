import { parseArgs } from "node:util";
import { type CallFaultName, callFaults, isCallFault, isPortFault } from "./call-faults.ts";
import { sweepCalls } from "./sweep-calls.ts";

const help = `node test/chaos/every-call.ts [options]      a whole drop, of which the n-th call goes wrong, for every n

  --store S      azurite | memory                                              (default azurite)
  --fault F      ${callFaults.slice(0, 6).join(" | ")} |
                 ${callFaults.slice(6).join(" | ")}
                 (default: all; those of requests need azurite)
  --stride N     only every so-manyth call                                     (default 1)
  --apart N      further faults in the same run, each N calls after the last; 0: one fault a run   (default 0)
  --lanes N      drops at once                                                 (default 3)

Exit code 0 when every mailbox and every report is that of a drop without faults.
`;

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "azurite" },
    fault: { type: "string", multiple: true },
    stride: { type: "string", default: "1" },
    apart: { type: "string", default: "0" },
    lanes: { type: "string", default: "3" },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) process.stdout.write(help);
else await run();

async function run(): Promise<void> {
  const began = performance.now();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const store = values.store === "memory" ? "memory" : "azurite";
  const [stride, apart, lanes] = [values.stride, values.apart, values.lanes].map(Number);
  const result = await sweepCalls(
    { store, faults: toFaults(store), stride: stride ?? 1, apart: apart ?? 0, lanes: lanes ?? 1 },
    (line) => say(`${since(began)} s: ${line}`),
  );
  const { calls, runs, faults, lost, doubled, differentReports, wrong } = result;
  say(`calls ${[...calls].map(([name, count]) => `${name} ${count}`).join(", ")}`);
  say(`runs ${runs}, faults ${faults}, lost ${lost}, doubled ${doubled}, different reports ${differentReports}`);
  for (const what of wrong.slice(0, 20)) say(`! ${what}`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

function toFaults(store: "azurite" | "memory"): readonly CallFaultName[] {
  const possible = callFaults.filter((name) => store === "azurite" || isPortFault(name));
  if (values.fault === undefined) return possible;
  return values.fault.map((word) => {
    if (!isCallFault(word) || !possible.includes(word)) throw new RangeError(`--fault ${word}: see --help`);
    return word;
  });
}

function since(began: number): number {
  return Math.round((performance.now() - began) / 1000);
}
