import { parseArgs } from "node:util";
import { type FormatName, isSampleFormat, sampleFormats } from "../../local/sample/sample-formats.ts";

/** How a run is to be. */
export interface ChaosOptions {
  /** Processes that are to be killed. */
  readonly kills: number;
  /** Draws the same victims and moments again. */
  readonly seed: string;
  /** Chat items of each drop. */
  readonly messages: number;
  /** People of the firm. */
  readonly users: number;
  /** Function hosts side by side. */
  readonly processes: number;
  /** @default one after the other */
  readonly format?: FormatName;
  /** When it is given up. */
  readonly minutes: number;
  /** Share of the requests to Graph that go wrong. */
  readonly graphFaults: number;
  /** Runs of functions between two kills, in the mean. */
  readonly runs: number;
  /** File that takes every log line of the hosts. */
  readonly log?: string;
}

/** What a run is when nothing else is asked for. */
export const defaultChaos: ChaosOptions = {
  kills: 200,
  seed: "1",
  messages: 60,
  users: 10,
  processes: 3,
  minutes: 30,
  graphFaults: 0,
  runs: 12,
};

/** What `--help` prints. */
export const chaosHelp = `node test/chaos/main.ts [options]      the local system, whose processes are killed on and on

  --kills N            processes to kill                                        (default ${defaultChaos.kills})
  --seed S             other victims, other moments                             (default ${defaultChaos.seed})
  --messages N         chat items of each drop                                  (default ${defaultChaos.messages})
  --users N            people of the firm                                       (default ${defaultChaos.users})
  --processes P        function hosts side by side                              (default ${defaultChaos.processes})
  --format F           ${Object.keys(sampleFormats).join(" | ")}              (default: in turn)
  --minutes M          when to give up                                          (default ${defaultChaos.minutes})
  --graph-faults R     share of the requests to Graph that go wrong, 0 to 1     (default ${defaultChaos.graphFaults})
  --runs N             runs of functions between two kills, in the mean         (default ${defaultChaos.runs})
  --log FILE           where every log line of the hosts is kept

Exit code 0 when nothing was lost, nothing came twice, every report is balanced and everything ended.
`;

const known = {
  kills: { type: "string" },
  seed: { type: "string" },
  messages: { type: "string" },
  users: { type: "string" },
  processes: { type: "string" },
  format: { type: "string" },
  minutes: { type: "string" },
  "graph-faults": { type: "string" },
  runs: { type: "string" },
  log: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the command line; undefined when help was asked for. @throws RangeError, TypeError for what is no option */
export function parseChaosOptions(args: readonly string[]): ChaosOptions | undefined {
  const given = parseArgs({ args: [...args], options: known }).values;
  if (given.help === true) return undefined;
  return {
    kills: toNumber("kills", given.kills, defaultChaos.kills, 0, 100_000),
    seed: given.seed ?? defaultChaos.seed,
    messages: toNumber("messages", given.messages, defaultChaos.messages, 20, 100_000),
    users: toNumber("users", given.users, defaultChaos.users, 4, 10_000),
    processes: toNumber("processes", given.processes, defaultChaos.processes, 1, 20),
    minutes: toNumber("minutes", given.minutes, defaultChaos.minutes, 0.1, 10_000),
    graphFaults: toNumber("graph-faults", given["graph-faults"], defaultChaos.graphFaults, 0, 0.9),
    runs: toNumber("runs", given.runs, defaultChaos.runs, 0, 10_000),
    ...toFormat(given.format),
    ...(given.log === undefined ? {} : { log: given.log }),
  };
}

function toNumber(name: string, text: string | undefined, normal: number, least: number, most: number): number {
  const value = text === undefined ? normal : Number(text);
  if (!(value >= least && value <= most)) throw new RangeError(`--${name} is a number from ${least} to ${most}`);
  return value;
}

function toFormat(format: string | undefined): { format?: FormatName } {
  if (format === undefined) return {};
  if (!isSampleFormat(format)) throw new RangeError(`--format is one of ${Object.keys(sampleFormats).join(", ")}`);
  return { format };
}
