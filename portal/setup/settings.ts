import type { DraftValues } from "../../shared/api/contract/connector-words.ts";
import type { ConnectorDetails } from "../../shared/api/contract/connectors.ts";

/** What the page lets an admin decide, each by the path that the API names it by. */
export interface Settings {
  readonly feed: string;
  readonly "site.host": string;
  readonly "site.port": number;
  readonly "site.user": string;
  readonly "site.hostKeys": string[];
  readonly "site.folder": string;
  readonly "site.include": string[];
  readonly "site.exclude": string[];
  readonly "site.login": "password" | "key" | "key-and-password";
  readonly "site.checksums": "compare" | "ignore";
  readonly zone: string;
  readonly schedule: string;
  readonly encryption: { type: "pgp"; signers?: string[] | undefined } | { type: "none" };
  readonly format: "detect" | "filedump-actiance" | "flat-csv";
  readonly timestampZone: string;
  readonly fieldNames: Record<string, string>;
  readonly "mapping.isAutomatic": boolean;
  readonly people: { type: "everybody" } | { type: "list" } | { type: "group"; group: string };
  readonly itemLimit: number;
  readonly "item.itemClass": string;
  readonly "item.withAttachments": boolean;
  readonly "item.recipientCap": number;
}

/** Name of a setting. */
export type SettingPath = keyof Settings;
/** Settings that are known. */
export type KnownSettings = { readonly [Path in SettingPath]?: Settings[Path] | undefined };
/** Settings to save; null takes one back. */
export type Changes = { readonly [Path in SettingPath]?: Settings[Path] | null | undefined };

/** What holds where nothing was chosen, as shared/config/connector.ts has it. */
export const defaults = {
  "site.port": 22,
  "site.folder": "/",
  "site.exclude": [],
  "site.login": "password",
  "site.checksums": "compare",
  zone: "UTC",
  schedule: "0 6 * * *",
  encryption: { type: "pgp" },
  format: "detect",
  fieldNames: {},
  "mapping.isAutomatic": true,
  people: { type: "everybody" },
  itemLimit: 200_000,
  "item.itemClass": "IPM.Note",
  "item.withAttachments": true,
  "item.recipientCap": 500,
} as const satisfies { readonly [Path in SettingPath]?: unknown };

/** A draft's values, or a connector's, by their paths. */
export function toSettings(values: DraftValues | ConnectorDetails["connector"]): KnownSettings {
  const { site = {}, mapping, item = {}, encryption, ...rest } = values;
  return {
    feed: rest.feed,
    "site.host": site.host,
    "site.port": site.port,
    "site.user": site.user,
    "site.hostKeys": site.hostKeys,
    "site.folder": site.folder,
    "site.include": site.include,
    "site.exclude": site.exclude,
    "site.login": site.login,
    "site.checksums": site.checksums,
    zone: rest.zone,
    schedule: rest.schedule,
    encryption: encryption?.type === "pgp" ? { type: "pgp", signers: encryption.signers } : encryption,
    format: rest.format,
    timestampZone: rest.timestampZone,
    fieldNames: rest.fieldNames,
    "mapping.isAutomatic": mapping?.isAutomatic,
    people: rest.people,
    itemLimit: rest.itemLimit,
    "item.itemClass": item.itemClass,
    "item.withAttachments": item.withAttachments,
    "item.recipientCap": item.recipientCap,
  };
}

/** The body that saves changes: RFC 7396, so what is not among them stays. */
export function toPatch(changes: Changes) {
  const isAutomatic = changes["mapping.isAutomatic"];
  return {
    feed: changes.feed,
    site: unlessEmpty({
      host: changes["site.host"],
      port: changes["site.port"],
      user: changes["site.user"],
      hostKeys: changes["site.hostKeys"],
      folder: changes["site.folder"],
      include: changes["site.include"],
      exclude: changes["site.exclude"],
      login: changes["site.login"],
      checksums: changes["site.checksums"],
    }),
    zone: changes.zone,
    schedule: changes.schedule,
    encryption: changes.encryption,
    format: changes.format,
    timestampZone: changes.timestampZone,
    fieldNames: changes.fieldNames,
    mapping: isAutomatic === undefined || isAutomatic === null ? isAutomatic : { isAutomatic },
    people: changes.people,
    itemLimit: changes.itemLimit,
    // The API takes back all of them or none, so what is taken back here is set to what holds else.
    item: unlessEmpty({
      itemClass: orDefault(changes, "item.itemClass"),
      withAttachments: orDefault(changes, "item.withAttachments"),
      recipientCap: orDefault(changes, "item.recipientCap"),
    }),
  };
}

/** The one of these settings that a fault is about: its path has `values` in front in a draft, and a place within a list behind. */
export function toSettingPath(path: string, among: Changes): SettingPath | undefined {
  const bare = aliases[path] ?? path.replace(/^values\./, "");
  return listSettingPaths(among).find(
    (one) => bare === one || bare.startsWith(`${one}.`) || one.startsWith(`${bare}.`),
  );
}

/** What is missing, and the choice that asks for it. */
const aliases: Readonly<Record<string, SettingPath>> = {
  "mapping.file": "mapping.isAutomatic",
  "people.file": "people",
};

/** The settings among an object's fields. */
export function listSettingPaths(among: object): SettingPath[] {
  return Object.keys(among).filter((key) => isSettingPath(key));
}

const settingPaths: Readonly<Record<SettingPath, true>> = {
  feed: true,
  "site.host": true,
  "site.port": true,
  "site.user": true,
  "site.hostKeys": true,
  "site.folder": true,
  "site.include": true,
  "site.exclude": true,
  "site.login": true,
  "site.checksums": true,
  zone: true,
  schedule: true,
  encryption: true,
  format: true,
  timestampZone: true,
  fieldNames: true,
  "mapping.isAutomatic": true,
  people: true,
  itemLimit: true,
  "item.itemClass": true,
  "item.withAttachments": true,
  "item.recipientCap": true,
};

function isSettingPath(key: string): key is SettingPath {
  return Object.hasOwn(settingPaths, key);
}

function orDefault<Path extends "item.itemClass" | "item.withAttachments" | "item.recipientCap">(
  changes: Changes,
  path: Path,
): Settings[Path] | (typeof defaults)[Path] | undefined {
  return changes[path] === null ? defaults[path] : (changes[path] ?? undefined);
}

function unlessEmpty<T extends object>(fields: T): T | undefined {
  return Object.values(fields).every((value) => value === undefined) ? undefined : fields;
}
