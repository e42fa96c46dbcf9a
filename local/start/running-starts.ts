import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { readRunning } from "./world-lock.ts";
import { WrongOption } from "./wrong-option.ts";

/** A start that is running. */
export interface RunningStart {
  /** Its folder's name. */
  readonly name: string;
  /** Of its storage: on loopback, with a key of its own. */
  readonly connectionString: string;
}

/** Which start is meant. */
export interface WantedStart {
  /** The folder of all starts. @default .local in the project's folder */
  readonly state: string | undefined;
  /** @default the only one that is running */
  readonly start: string | undefined;
}

/** Finds the start that is running. @throws WrongOption when there is none, or several and none is named */
export function findRunningStart({ state, start }: WantedStart): RunningStart {
  const folder = state === undefined ? join(import.meta.dirname, "../../.local") : resolve(state);
  const running = listRunning(folder).filter(({ name }) => start === undefined || name === start);
  const [one, ...others] = running;
  if (one === undefined)
    throw new WrongOption(
      `No npm start is running${start === undefined ? "" : ` in ${start}`} below ${folder}. Start it, or name a storage with --connection or --account.`,
    );
  if (others.length > 0)
    throw new WrongOption(
      `Several are running: choose one with --start ${running.map(({ name }) => name).join(" or ")}.`,
    );
  return one;
}

function listRunning(folder: string): RunningStart[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const connectionString = readRunning(join(folder, name));
    return connectionString === undefined ? [] : [{ name, connectionString }];
  });
}
