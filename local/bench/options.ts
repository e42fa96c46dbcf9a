import { parseArgs } from "node:util";
import { WrongOption } from "../start/wrong-option.ts";

/** What the bench was asked to do. */
export interface BenchOptions {
  readonly messages: number;
  readonly mailboxes: number;
  /** Ids of rows; all when empty. */
  readonly only: readonly string[];
  readonly isQuick: boolean;
  readonly isFull: boolean;
  /** Where the results go, beside `.local/bench/latest.json`. */
  readonly json: string | undefined;
  /** A folder for the children's CPU profiles. */
  readonly profile: string | undefined;
}

const known = {
  help: { type: "boolean", short: "h" },
  messages: { type: "string" },
  mailboxes: { type: "string" },
  only: { type: "string" },
  quick: { type: "boolean" },
  full: { type: "boolean" },
  json: { type: "string" },
  profile: { type: "string" },
} as const;

const seeHelp = "See npm run bench -- --help";

/** Reads the command line; undefined when help was asked for. @throws WrongOption */
export function parseBenchOptions(args: readonly string[], ids: readonly string[]): BenchOptions | undefined {
  const { help, messages, mailboxes, only, quick = false, full = false, json, profile } = parseGiven(args);
  if (help === true) return undefined;
  if (quick && full) throw new WrongOption("--quick and --full contradict each other.");
  return {
    messages: toWhole("--messages", messages ?? (quick ? "10000" : "200000")),
    mailboxes: toWhole("--mailboxes", mailboxes ?? (quick ? "100" : "2000")),
    only: toRowIds(only, ids),
    isQuick: quick,
    isFull: full,
    json,
    profile,
  };
}

function parseGiven(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\.?\s*[.\n] ?/)[0] : "The options cannot be read";
    throw new WrongOption(`${reason}. ${seeHelp}`);
  }
}

function toWhole(option: string, text: string): number {
  if (/^[1-9]\d{0,7}$/.test(text)) return Number(text);
  throw new WrongOption(`${option} must be a whole number, such as 200000.`);
}

function toRowIds(text: string | undefined, ids: readonly string[]): readonly string[] {
  const wanted = text === undefined ? [] : text.split(",");
  const unknown = wanted.find((id) => !ids.includes(id));
  if (unknown === undefined) return wanted;
  throw new WrongOption(`There is no row "${unknown}". The rows are ${ids.join(", ")}.`);
}
