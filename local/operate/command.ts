import { parseArgs } from "node:util";
import { type ReprocessScope, reprocessScope } from "../../shared/chat/drop-scope.ts";
import { type DropId, dropId } from "../../shared/chat/identifiers.ts";
import { type CsvKind, csvKinds, isCsvKind } from "../../shared/pipeline/report-csv.ts";
import { workQueues } from "../../shared/pipeline/work-name.ts";
import { WrongOption } from "../start/wrong-option.ts";
import { type Place, placeOptions, toPlace } from "./place.ts";

/** What is to be done. */
export type Command =
  | { readonly name: "list" }
  | {
      readonly name: "report";
      readonly drop: DropId;
      readonly gen: number | undefined;
      readonly form: "text" | "json" | CsvKind;
    }
  | { readonly name: "dead"; readonly drop: DropId | undefined }
  | {
      readonly name: "redrive";
      readonly drop: DropId | undefined;
      readonly queue: string | undefined;
      readonly id: string | undefined;
    }
  | { readonly name: "release" | "restart"; readonly drop: DropId }
  | { readonly name: "reprocess"; readonly drop: DropId; readonly scope: ReprocessScope | undefined };

const known = {
  help: { type: "boolean", short: "h" },
  gen: { type: "string" },
  csv: { type: "string" },
  json: { type: "boolean" },
  queue: { type: "string" },
  id: { type: "string" },
  file: { type: "string", multiple: true },
  mailbox: { type: "string", multiple: true },
  item: { type: "string", multiple: true },
  ...placeOptions,
} as const;

type Given = ReturnType<typeof parseArgs<{ options: typeof known }>>["values"];
type OptionName = keyof typeof known;

/** Options that each command takes, beside those that name the storage. */
const takes: Readonly<Record<Command["name"], readonly OptionName[]>> = {
  list: [],
  report: ["gen", "csv", "json"],
  dead: [],
  redrive: ["queue", "id"],
  release: [],
  restart: [],
  reprocess: ["file", "mailbox", "item"],
};

/** Reads the command line; undefined when help was asked for. @throws WrongOption */
export function parseCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): { readonly command: Command; readonly place: Place } | undefined {
  const { values, positionals } = parseGiven(args);
  if (values.help === true || args.length === 0) return undefined;
  const [name = "", ...operands] = positionals;
  if (!isCommand(name)) throw new WrongOption(`There is no command ${name || "(none)"}.${seeHelp}`);
  for (const option of Object.keys(values)) {
    if (![...takes[name], ...Object.keys(placeOptions)].some((one) => one === option))
      throw new WrongOption(`${name} does not take --${option}.${seeHelp}`);
  }
  return { command: toCommand(name, operands, values), place: toPlace(values, environment) };
}

const seeHelp = " See node local/operate/main.ts --help";

function parseGiven(args: readonly string[]): { values: Given; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\.?\s*[.\n] ?/)[0] : "The options cannot be read";
    throw new WrongOption(`${reason}.${seeHelp}`);
  }
}

function isCommand(name: string): name is Command["name"] {
  return Object.hasOwn(takes, name);
}

function toCommand(name: Command["name"], operands: readonly string[], given: Given): Command {
  const [first, ...others] = operands;
  if (others.length > 0 || (name === "list" && first !== undefined))
    throw new WrongOption(`${name} takes ${name === "list" ? "no drop" : "one drop"}.${seeHelp}`);
  switch (name) {
    case "list":
      return { name };
    case "report":
      return { name, drop: toDrop(name, first), gen: toGeneration(given.gen), form: toForm(given) };
    case "dead":
      return { name, drop: first === undefined ? undefined : toDrop(name, first) };
    case "redrive": {
      const drop = first === undefined ? undefined : toDrop(name, first);
      return { name, drop, queue: toQueue(given.queue), id: given.id };
    }
    case "release":
    case "restart":
      return { name, drop: toDrop(name, first) };
    case "reprocess":
      return { name, drop: toDrop(name, first), scope: toScope(given) };
  }
}

function toDrop(command: string, text: string | undefined): DropId {
  if (text === undefined) throw new WrongOption(`${command} needs a drop, such as acme-2026-06-03-1.${seeHelp}`);
  const id = dropId.safeParse(text);
  if (!id.success) throw new WrongOption(`${text} is no drop. A drop is named like acme-2026-06-03-1; list shows all.`);
  return id.data;
}

function toGeneration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new WrongOption("--gen must be a whole number from 1 on.");
  return Number(text);
}

function toForm({ csv, json }: Given): "text" | "json" | CsvKind {
  if (csv !== undefined && json === true) throw new WrongOption("Give --csv or --json, not both.");
  if (csv === undefined) return json === true ? "json" : "text";
  if (!isCsvKind(csv)) throw new WrongOption(`--csv ${csv} is not known. Choose ${csvKinds.join(", ")}.`);
  return csv;
}

function toQueue(queue: string | undefined): string | undefined {
  if (queue === undefined || workQueues.some((one) => one === queue)) return queue;
  throw new WrongOption(`--queue ${queue} is not known. Choose ${workQueues.join(", ")}.`);
}

/** One kind of thing at a time. */
function toScope({ file, mailbox, item }: Given): ReprocessScope | undefined {
  const asked = [
    ...(file === undefined ? [] : [{ type: "files", files: file }]),
    ...(mailbox === undefined ? [] : [{ type: "mailboxes", mailboxes: mailbox }]),
    ...(item === undefined ? [] : [{ type: "items", keys: item }]),
  ];
  if (asked.length === 0) return undefined;
  if (asked.length > 1) throw new WrongOption("Give --file, --mailbox or --item, not several of them.");
  const scope = reprocessScope.safeParse(asked[0]);
  if (scope.success) return scope.data;
  const [kind, such] = toExample(asked[0]?.type);
  throw new WrongOption(`--${kind} must be ${such}.`);
}

function toExample(type: string | undefined): readonly [option: string, such: string] {
  if (type === "files") return ["file", "a file's id of 20 characters, as the report names it"];
  if (type === "mailboxes") return ["mailbox", "a mailbox such as <object id>.0, as the report names it"];
  return ["item", "an import key of 43 characters, as the table of items names it; give it as --item=KEY"];
}
