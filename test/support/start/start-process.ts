import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const repository = join(import.meta.dirname, "..", "..", "..");

/** How a start ended. */
export interface EndedStart {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything that the terminal would have shown. */
  readonly output: string;
}

/** A start under way. */
export interface RunningStart {
  readonly pid: number;
  readonly ended: Promise<EndedStart>;
  /** What the terminal shows so far. */
  output(): string;
  /** Resolves to the match; fails with the output when the start ends before, or after two minutes. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends a signal to the process alone. */
  kill(signal: NodeJS.Signals): void;
  /** Kills the process and everything that it has started, storage too, at once. */
  killTree(): void;
  /** What Ctrl-C in a terminal does: the signal goes to the whole process group. */
  interrupt(): void;
  /** The processes that it has started, and those that they have, as far as they were there when this was last asked. */
  descendants(): readonly number[];
}

/** A folder of a test's own, and the starts that it makes. */
export interface Starts {
  readonly folder: string;
  /** Starts what `npm start` starts, with these options. */
  begin(options: readonly string[], env?: Readonly<Record<string, string>>): RunningStart;
  /** Starts `npm start` itself. */
  beginNpm(options: readonly string[]): RunningStart;
  /** Runs a start to its end. */
  run(options: readonly string[], env?: Readonly<Record<string, string>>): Promise<EndedStart>;
}

const patienceInMs = 120_000;

/** Makes a folder for `work`, and removes it with everything that was started in it. */
export async function withStarts(work: (starts: Starts) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "npm-start-"));
  const started: RunningStart[] = [];
  const keep = (start: RunningStart): RunningStart => {
    started.push(start);
    return start;
  };
  const main = join(repository, "local", "start", "main.ts");
  const begin: Starts["begin"] = (options, env = {}) => keep(spawnStart(process.execPath, [main, ...options], env));
  try {
    await work({
      folder,
      begin,
      beginNpm: (options) => keep(spawnStart("npm", ["start", "--prefix", repository, "--", ...options], {})),
      run: async (options, env) => await begin(options, env).ended,
    });
  } finally {
    await Promise.all(started.map(endAll));
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function spawnStart(command: string, args: readonly string[], env: Readonly<Record<string, string>>): RunningStart {
  const { npm_lifecycle_event: _ofTests, ...inherited } = process.env;
  const child = spawn(command, args, {
    cwd: tmpdir(),
    // A process group of its own, as a terminal gives each command.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, NODE_OPTIONS: "", ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      child.emit("told");
    });
  }
  const ended = new Promise<EndedStart>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, output }));
  });
  const pid = child.pid ?? 0;
  const family = new Set<number>();
  const descendants = (): readonly number[] => {
    for (const one of descendantsOf(pid)) family.add(one);
    return [...family];
  };
  return {
    pid,
    ended,
    output: () => output,
    waitFor: (pattern) => waitFor(child, pattern, () => output),
    kill: (signal) => {
      descendants();
      send(pid, signal);
    },
    killTree: () => {
      for (const one of [...descendants(), pid]) send(one, "SIGKILL");
    },
    interrupt: () => {
      descendants();
      send(-pid, "SIGINT");
    },
    descendants,
  };
}

async function waitFor(child: ChildProcess, pattern: RegExp, read: () => string): Promise<RegExpExecArray> {
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  const look = (): void => {
    const match = pattern.exec(read());
    if (match !== null) resolve(match);
  };
  const giveUp = (why: string): void => reject(new Error(`${why} before it said ${pattern}:\n${read()}`));
  const onClose = (): void => giveUp("the start ended");
  const timer = setTimeout(() => giveUp("two minutes passed"), patienceInMs);
  child.on("told", look).once("close", onClose);
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off("told", look).off("close", onClose);
  }
}

/** Waits until none of these processes is there. @returns how long that took, in ms */
export async function untilGone(pids: readonly number[]): Promise<number> {
  const since = performance.now();
  while (pids.some(isAlive)) {
    if (performance.now() - since > 30_000) throw new Error(`still there: ${pids.filter(isAlive).join(", ")}`);
    await sleep(50);
  }
  return performance.now() - since;
}

async function endAll(start: RunningStart): Promise<void> {
  const pids = [...start.descendants(), start.pid].filter(isAlive);
  for (const pid of pids) send(pid, "SIGKILL");
  await untilGone(pids);
}

/** Numbers of processes come again, so it is looked at what the process is. */
function isAlive(pid: number): boolean {
  const row = processes().find((one) => one.pid === pid);
  return row !== undefined && !row.isZombie && /local\/|npm|esbuild/.test(row.command);
}

function descendantsOf(pid: number): number[] {
  const rows = processes();
  const below = (parent: number): number[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row.pid, ...below(row.pid)]);
  return below(pid);
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly isZombie: boolean;
  readonly command: string;
}

function processes(): Process[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,stat=,args="], { encoding: "utf8", maxBuffer: 2 ** 26 });
  return table.split("\n").flatMap((line) => {
    const [pid = "", parent, stat = "", ...command] = line.trim().split(/\s+/);
    const row = {
      pid: Number(pid),
      parent: Number(parent),
      isZombie: stat.startsWith("Z"),
      command: command.join(" "),
    };
    return pid === "" ? [] : [row];
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
