import { readFileSync } from "node:fs";

const lookEveryInMs = 500;

/**
 * Ends this process when the npm that started it is gone. npm runs a script through a shell and passes signals on to that
 * shell only, so this process would go on unseen and keep its folder: after SIGTERM `end` is called, after SIGKILL, which
 * asks for no order, the process exits at once.
 */
export function watchNpm(end: () => void): void {
  if (process.env["npm_lifecycle_event"] !== "start") return;
  const shell = process.ppid;
  const npm = isShellOfNpm(shell) ? parentOf(shell) : undefined;
  let isEnding = false;
  setInterval(() => {
    if (npm !== undefined && process.ppid === shell && parentOf(shell) !== npm) process.exit(1);
    if (process.ppid === shell || isEnding) return;
    isEnding = true;
    end();
  }, lookEveryInMs).unref();
}

/** Some shells make way for the command they run; then the parent is npm itself. */
function isShellOfNpm(pid: number): boolean {
  return read(`/proc/${pid}/cmdline`).includes("local/start/main.ts");
}

/** Undefined where the system does not tell (elsewhere than on Linux). Field 4 of proc_pid_stat(5), after the name in brackets. */
function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
