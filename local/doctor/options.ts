import { parseArgs } from "node:util";
import { mailboxAddress } from "../../shared/chat/identifiers.ts";
import type { CheckDocument } from "../../shared/pipeline/check/check-document.ts";
import { type Place, placeOptions, toPlace } from "../operate/place.ts";
import { WrongOption } from "../start/wrong-option.ts";

/** What the doctor is to do. */
export interface DoctorOptions {
  readonly place: Place;
  readonly asked: NonNullable<CheckDocument["asked"]>;
  readonly isJson: boolean;
  /** How long the app may take to begin. */
  readonly waitInMs: number;
}

const known = {
  help: { type: "boolean", short: "h" },
  json: { type: "boolean" },
  wait: { type: "string" },
  "in-scope": { type: "string" },
  "out-of-scope": { type: "string" },
  ...placeOptions,
} as const;

const seeHelp = "See npm run doctor -- --help";

/** Reads the command line; undefined when help was asked for. @throws WrongOption */
export function parseDoctorOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DoctorOptions | undefined {
  const values = parseGiven(args);
  if (values.help === true) return undefined;
  const inScope = toAddress("--in-scope", values["in-scope"]);
  const outOfScope = toAddress("--out-of-scope", values["out-of-scope"]);
  if (inScope !== undefined && inScope.toLowerCase() === outOfScope?.toLowerCase()) {
    throw new WrongOption("--in-scope and --out-of-scope must be two mailboxes.");
  }
  return {
    place: toPlace(values, environment),
    asked: {
      ...(inScope === undefined ? {} : { inScope }),
      ...(outOfScope === undefined ? {} : { outOfScope }),
    },
    isJson: values.json === true,
    waitInMs: toWait(values.wait) * 1000,
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

function toAddress(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const address = mailboxAddress.safeParse(text);
  if (address.success) return address.data;
  throw new WrongOption(`${option} must be an address such as jane.doe@contoso.com.`);
}

function toWait(text = "120"): number {
  const seconds = Number(text);
  if (/^\d{1,4}$/.test(text) && seconds > 0) return seconds;
  throw new WrongOption("--wait must be a whole number of seconds from 1 to 9999.");
}
