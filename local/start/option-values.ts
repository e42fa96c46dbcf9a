import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { WrongOption } from "./wrong-option.ts";

/** npm runs a script in the package's folder; a path is meant from where the user stands. */
function fromHere(path: string): string {
  const stands = process.env["npm_lifecycle_event"] === "start" ? process.env["INIT_CWD"] : undefined;
  return resolve(stands ?? ".", path);
}

/** The absolute path of a file that must be there. @throws WrongOption */
export function toFile(option: string, path: string): string {
  const absolute = fromHere(path);
  if (!existsSync(absolute) || !statSync(absolute).isFile()) {
    throw new WrongOption(`--${option}: there is no file ${absolute}.`);
  }
  if (!isAllowed(absolute, constants.R_OK)) throw new WrongOption(`--${option}: ${absolute} may not be read.`);
  return absolute;
}

/** The absolute path of a folder that must be there. @throws WrongOption */
export function toFolder(option: string, path: string): string {
  const absolute = fromHere(path);
  if (!isFolder(absolute)) throw new WrongOption(`--${option}: there is no folder ${absolute}.`);
  if (!isAllowed(absolute, constants.R_OK | constants.X_OK)) {
    throw new WrongOption(`--${option}: ${absolute} may not be read.`);
  }
  return absolute;
}

/** The absolute path of a file to write: said at the beginning, not after the work. @throws WrongOption */
export function toNewFile(option: string, path: string): string {
  const absolute = fromHere(path);
  const folder = dirname(absolute);
  if (isFolder(absolute)) throw new WrongOption(`--${option}: ${absolute} is a folder; name a file in it.`);
  if (!isFolder(folder)) throw new WrongOption(`--${option}: there is no folder ${folder}.`);
  if (!isAllowed(existsSync(absolute) ? absolute : folder, constants.W_OK)) {
    throw new WrongOption(`--${option}: ${absolute} may not be written.`);
  }
  return absolute;
}

/** The absolute path of a folder that is made when it is not there. @throws WrongOption */
export function toNewFolder(option: string, path: string): string {
  const absolute = fromHere(path);
  if (existsSync(absolute) && !isFolder(absolute)) throw new WrongOption(`--${option}: ${absolute} is not a folder.`);
  return absolute;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** A time zone by its usual name. @throws WrongOption */
export function toZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw new WrongOption(`--zone ${zone} is no time zone. Give an IANA name such as America/New_York.`);
  }
}

/** A whole number within bounds. @throws WrongOption */
export function toWhole(option: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new WrongOption(
      `--${option} must be a whole number from ${least} to ${most}, such as ${Math.max(least, 500)}.`,
    );
  }
  return number;
}
