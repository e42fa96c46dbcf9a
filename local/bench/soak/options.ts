import { parseArgs } from "node:util";
import { WrongOption } from "../../start/wrong-option.ts";

/** What the soak was asked to do. */
export interface SoakOptions {
  readonly days: number;
  /** Of each day. */
  readonly items: number;
  readonly mailboxes: number;
  /** For how many days a file stays on the site. */
  readonly kept: number;
  /** Where the days are written to as JSON. */
  readonly json: string | undefined;
}

/** What `npm run soak -- --help` prints. */
export const help = `npm run soak -- [options]      day after day through the whole local system: does memory or storage grow?

  --days N         (default 30)
  --items N        chat items of each day                   (default 300)
  --mailboxes N    people of ours                           (default 20)
  --kept N         days for which a file stays on the site  (default 7)
  --json FILE      writes the days there, too

Timers run when they are told to, as often each day, so that days can be compared. Exit code 0 when every day came to its
end; 2 when the command line is wrong.
`;

const known = {
  help: { type: "boolean", short: "h" },
  days: { type: "string" },
  items: { type: "string" },
  mailboxes: { type: "string" },
  kept: { type: "string" },
  json: { type: "string" },
} as const;

/** Reads the command line; undefined when help was asked for. @throws WrongOption */
export function parseSoakOptions(args: readonly string[]): SoakOptions | undefined {
  const { help: isHelp, days = "30", items = "300", mailboxes = "20", kept = "7", json } = parseGiven(args);
  if (isHelp === true) return undefined;
  return {
    days: toWhole("--days", days, 1),
    items: toWhole("--items", items, 20),
    mailboxes: toWhole("--mailboxes", mailboxes, 4),
    kept: toWhole("--kept", kept, 1),
    json,
  };
}

function parseGiven(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\.?\s*[.\n] ?/)[0] : "The options cannot be read";
    throw new WrongOption(`${reason}. See npm run soak -- --help`);
  }
}

function toWhole(option: string, text: string, least: number): number {
  if (/^[1-9]\d{0,5}$/.test(text) && Number(text) >= least) return Number(text);
  throw new WrongOption(`${option} must be a whole number, ${least} or more.`);
}
