import { join } from "node:path";
import { parseArgs } from "node:util";
import { type FormatName, isSampleFormat, sampleFormats } from "../sample/sample-formats.ts";
import { toFile, toFolder, toNewFile, toNewFolder, toWhole, toZone } from "./option-values.ts";
import { type SftpSource, toSftpSource } from "./sftp-option.ts";
import { WrongOption } from "./wrong-option.ts";

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
  | SftpSource;

/** What `npm start` was asked to do. Paths are absolute. */
export interface StartOptions {
  readonly source: Source;
  readonly once: boolean;
  readonly fresh: boolean;
  readonly verbose: boolean;
  /** The folder in which each set of options has its own. */
  readonly state: string;
  readonly zone: string;
  readonly itemLimit?: number;
  readonly pgpKey?: string;
  readonly mapping?: string;
  readonly directory?: string;
  readonly export?: string;
  readonly requests?: string;
}

const known = {
  once: { type: "boolean" },
  fresh: { type: "boolean" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  state: { type: "string" },
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
  refuseMisplaced(given);
  return {
    source: toSource(given),
    once: given.once ?? false,
    fresh: given.fresh ?? false,
    verbose: given.verbose ?? false,
    state: given.state === undefined ? join(import.meta.dirname, "../../.local") : toNewFolder("state", given.state),
    zone: toZone(given.zone ?? "Europe/London"),
    ...(given.limit === undefined ? {} : { itemLimit: toWhole("limit", given.limit, 0, 100_000_000) }),
    ...toFiles(given),
  };
}

function parseGiven(args: readonly string[]): Given {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: false }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\.?\s*[.\n] ?/)[0] : "The options cannot be read";
    throw new WrongOption(`${reason}. See npm start -- --help`);
  }
}

/** An option that would do nothing is a misunderstanding, which is better said than kept. */
function refuseMisplaced(given: Given): void {
  if (given.files !== undefined && given.sftp !== undefined) throw new WrongOption("Give --files or --sftp, not both.");
  const isOwn = (given.files ?? given.sftp) !== undefined;
  for (const name of ["messages", "users", "format", "seed"] as const) {
    if (isOwn && given[name] !== undefined) {
      throw new WrongOption(`--${name} is for the sample drop; leave it out with --files or --sftp.`);
    }
  }
  for (const name of ["host-key", "ssh-key"] as const) {
    if (given.sftp === undefined && given[name] !== undefined) throw new WrongOption(`--${name} goes with --sftp.`);
  }
  if (!isOwn && given["pgp-key"] !== undefined) {
    throw new WrongOption("--pgp-key goes with --files or --sftp; the sample drop has a key of its own.");
  }
}

function toSource(given: Given): Source {
  if (given.files !== undefined) return { type: "files", folder: toFolder("files", given.files) };
  if (given.sftp !== undefined) {
    return toSftpSource(given.sftp, given["host-key"], given["ssh-key"], process.env["SFTP_PASSWORD"]);
  }
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

function toFiles(given: Given): Pick<StartOptions, "pgpKey" | "mapping" | "directory" | "export" | "requests"> {
  return {
    ...(given["pgp-key"] === undefined ? {} : { pgpKey: toFile("pgp-key", given["pgp-key"]) }),
    ...(given.mapping === undefined ? {} : { mapping: toFile("mapping", given.mapping) }),
    ...(given.directory === undefined ? {} : { directory: toFile("directory", given.directory) }),
    ...(given.export === undefined ? {} : { export: toNewFile("export", given.export) }),
    ...(given.requests === undefined ? {} : { requests: toNewFile("requests", given.requests) }),
  };
}
