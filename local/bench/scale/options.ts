import { parseArgs } from "node:util";
import { WrongOption } from "../../start/wrong-option.ts";
import { flex, type Place } from "./place.ts";
import type { DayInput } from "./scale-day.ts";

/** What `npm run scale` was asked. */
export type ScaleOptions =
  | { readonly type: "help" | "tables" | "write" | "measure" }
  | { readonly type: "day"; readonly input: DayInput; readonly place: Place; readonly connectors: number };

/** What `npm run scale -- --help` prints. */
export const help = `npm run scale                     the tables of docs/scale.md, from local/bench/scale/measured-days.json
npm run scale -- --items N        how long a day of N items takes, and what bounds it
      --mailboxes N               whom it goes to                               (default a hundredth of the items)
      --files N                   equally large files                           (default 1)
      --busiest N                 times the average that the busiest mailbox gets (default 10)
      --instances N               at most                                       (default ${flex.instances})
      --at-once N                 messages at once in an instance               (default ${flex.messagesAtOnce})
      --graph-ms N                how long Graph takes for a creation           (default ${flex.graphInSeconds * 1000})
      --connectors N              the day shared out to so many                 (default 1)
npm run scale -- --measure        measures first: days of several sizes through all stages (about 5 minutes)
npm run scale -- --write          puts the tables into docs/scale.md
`;

const known = {
  help: { type: "boolean", short: "h" },
  measure: { type: "boolean" },
  write: { type: "boolean" },
  items: { type: "string" },
  mailboxes: { type: "string" },
  files: { type: "string" },
  busiest: { type: "string" },
  instances: { type: "string" },
  "at-once": { type: "string" },
  "graph-ms": { type: "string" },
  connectors: { type: "string" },
} as const;

type Given = Readonly<Partial<Record<Exclude<keyof typeof known, "help" | "measure" | "write">, string>>>;

/** Reads the command line. @throws WrongOption */
export function parseScaleOptions(args: readonly string[]): ScaleOptions {
  const { help: isHelp, measure, write, ...given } = parseGiven(args);
  if (isHelp === true) return { type: "help" };
  if (measure === true) return { type: "measure" };
  if (write === true) return { type: "write" };
  if (given.items !== undefined) return toDayOptions(given, given.items);
  const [stray] = Object.keys(given);
  if (stray !== undefined) throw new WrongOption(`--${stray} goes with --items. See npm run scale -- --help`);
  return { type: "tables" };
}

function parseGiven(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\.?\s*[.\n] ?/)[0] : "The options cannot be read";
    throw new WrongOption(`${reason}. See npm run scale -- --help`);
  }
}

function toDayOptions(given: Given, itemsText: string): ScaleOptions {
  const items = toWhole("items", itemsText);
  const whole = (name: keyof Given, normal: number): number => toWhole(name, given[name] ?? String(normal));
  return {
    type: "day",
    input: {
      items,
      mailboxes: whole("mailboxes", Math.max(1, Math.round(items / 100))),
      files: whole("files", 1),
      busyTimes: whole("busiest", 10),
    },
    place: {
      ...flex,
      instances: whole("instances", flex.instances),
      messagesAtOnce: whole("at-once", flex.messagesAtOnce),
      graphInSeconds: whole("graph-ms", flex.graphInSeconds * 1000) / 1000,
    },
    connectors: whole("connectors", 1),
  };
}

function toWhole(name: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new WrongOption(`--${name} must be a whole number, such as 200.`);
}
