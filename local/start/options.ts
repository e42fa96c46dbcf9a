import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type FormatName, isSampleFormat, sampleFormats } from "../sample/sample-formats.ts";

/** A mistake on the command line: what is wrong, and how it should be. */
export class WrongOption extends Error {
  override readonly name = "WrongOption";
}

/** Where the drop files come from. */
export type Source =
  | {
      readonly type: "sample";
      readonly messages: number;
      readonly users: number;
      readonly format: FormatName;
      readonly seed: string;
    }
  | { readonly type: "files"; readonly folder: string }
  | { readonly type: "sftp"; readonly url: URL; readonly hostKey?: string; readonly sshKey?: string };

/** What `npm start` was asked to do. Paths are absolute. */
export interface StartOptions {
  readonly source: Source;
  readonly once: boolean;
  readonly fresh: boolean;
  readonly verbose: boolean;
  readonly zone: string;
  readonly itemLimit?: number;
  readonly pgpKey?: string;
  readonly mapping?: string;
  readonly directory?: string;
  readonly export?: string;
  readonly requests?: string;
}

/** What `npm start -- --help` prints. */
export const help = `npm start -- [options]      one day's drop, from the SFTP site to the mailboxes, on this machine

  --once               end when the drop is done: exit code 0 when every item is accounted for and none failed, else 1
  --fresh              forget what an earlier start with the same options left
  --verbose            show every log line of the functions

The sample drop:
  --messages N         chat items, 20 to 5000000                       (default 500)
  --users N            people of our firm, 4 to 100000                 (default 24)
  --format F           ${Object.keys(sampleFormats).join(" | ")}             (default filedump-actiance)
  --seed S             another day with the same numbers               (default 1)

Your own data:
  --files DIR          drop files as they are, put on the local SFTP site; encrypted ones need --pgp-key
  --sftp URL           an SFTP site: sftp://user:password@host:port/folder; --host-key SHA256:... pins its key,
                       --ssh-key FILE signs in with a key; encrypted files need --pgp-key
  --pgp-key FILE       armored private key; its passphrase, if any, in the environment variable PGP_PASSPHRASE
  --mapping FILE       CSV with the header ImId,Mailbox
  --directory FILE     JSON list of users: id, userPrincipalName, mail, proxyAddresses, displayName, mailbox ok|none|disabled
  --zone ZONE          time zone of the site's days                    (default Europe/London)
  --limit N            most items a site day may have, 0 = no limit    (default 200000)

What to keep:
  --export FILE        what the stand-in mailboxes hold at the end: Graph message JSON by user id and folder
  --requests FILE      each request to the stand-in Graph, as JSON Lines
`;

const known = {
  once: { type: "boolean" },
  fresh: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  messages: { type: "string" },
  users: { type: "string" },
  format: { type: "string" },
  seed: { type: "string" },
  files: { type: "string" },
  sftp: { type: "string" },
  "host-key": { type: "string" },
  "ssh-key": { type: "string" },
  "pgp-key": { type: "string" },
  mapping: { type: "string" },
  directory: { type: "string" },
  zone: { type: "string" },
  limit: { type: "string" },
  export: { type: "string" },
  requests: { type: "string" },
} as const;

type Given = ReturnType<typeof parseArgs<{ options: typeof known }>>["values"];

/** Reads the command line; undefined when help was asked for. @throws WrongOption */
export function parseOptions(args: readonly string[]): StartOptions | undefined {
  const given = parseGiven(args);
  if (given.help === true) return undefined;
  return {
    source: toSource(given),
    once: given.once ?? false,
    fresh: given.fresh ?? false,
    verbose: given.verbose ?? false,
    zone: toZone(given.zone ?? "Europe/London"),
    ...(given.limit === undefined ? {} : { itemLimit: toWhole("limit", given.limit, 0, 100_000_000) }),
    ...toFiles(given),
  };
}

function parseGiven(args: readonly string[]): Given {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: false }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(". ")[0] : "cannot be read";
    throw new WrongOption(`${reason}. See npm start -- --help`);
  }
}

function toSource(given: Given): Source {
  if (given.files !== undefined && given.sftp !== undefined) throw new WrongOption("Give --files or --sftp, not both.");
  const sampleOnly = (["messages", "users", "format", "seed"] as const).find((name) => given[name] !== undefined);
  if ((given.files ?? given.sftp) !== undefined && sampleOnly !== undefined) {
    throw new WrongOption(`--${sampleOnly} is for the sample drop; leave it out with --files or --sftp.`);
  }
  if (given.files !== undefined) return { type: "files", folder: toFolder(given.files) };
  if (given.sftp !== undefined) return toSftp(given, given.sftp);
  const format = given.format ?? "filedump-actiance";
  if (!isSampleFormat(format)) {
    throw new WrongOption(`--format ${format} is not known. Choose ${Object.keys(sampleFormats).join(" or ")}.`);
  }
  return {
    type: "sample",
    messages: toWhole("messages", given.messages ?? "500", 20, 5_000_000),
    users: toWhole("users", given.users ?? "24", 4, 100_000),
    format,
    seed: given.seed ?? "1",
  };
}

function toSftp(given: Given, text: string): Source {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "sftp:" || url.username === "") {
    throw new WrongOption("--sftp must be like sftp://user:password@host:22/folder.");
  }
  return {
    type: "sftp",
    url,
    ...(given["host-key"] === undefined ? {} : { hostKey: given["host-key"] }),
    ...(given["ssh-key"] === undefined ? {} : { sshKey: toFile("ssh-key", given["ssh-key"]) }),
  };
}

function toFiles(given: Given): Pick<StartOptions, "pgpKey" | "mapping" | "directory" | "export" | "requests"> {
  return {
    ...(given["pgp-key"] === undefined ? {} : { pgpKey: toFile("pgp-key", given["pgp-key"]) }),
    ...(given.mapping === undefined ? {} : { mapping: toFile("mapping", given.mapping) }),
    ...(given.directory === undefined ? {} : { directory: toFile("directory", given.directory) }),
    ...(given.export === undefined ? {} : { export: resolve(given.export) }),
    ...(given.requests === undefined ? {} : { requests: resolve(given.requests) }),
  };
}

function toFile(option: string, path: string): string {
  if (!existsSync(path) || !statSync(path).isFile()) throw new WrongOption(`--${option}: there is no file ${path}.`);
  return resolve(path);
}

function toFolder(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) throw new WrongOption(`--files: there is no folder ${path}.`);
  return resolve(path);
}

function toZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw new WrongOption(`--zone ${zone} is no time zone. Give an IANA name such as America/New_York.`);
  }
}

function toWhole(option: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new WrongOption(
      `--${option} must be a whole number from ${least} to ${most}, such as ${Math.max(least, 500)}.`,
    );
  }
  return number;
}
