import { parseArgs } from "node:util";
import { z } from "zod";
import { type Cloud, clouds, isCloudName } from "./clouds.ts";

/** The command line cannot be understood; the message says what to give instead. */
export class WrongOption extends Error {
  override readonly name = "WrongOption";
}

/** What the deployment tells: its outputs of the same names. */
export const outputs = z.object({
  functionAppName: z.string().regex(/^[a-z0-9-]{2,60}$/),
  portalUrl: z.url({ protocol: /^https$/ }),
  identityClientId: z.guid(),
  identityPrincipalId: z.guid(),
});

/** The deployment's outputs that registering needs. */
export type Outputs = z.infer<typeof outputs>;

/** Who gets a role: an object id of a user or a group, or a user principal name. */
export interface Person {
  readonly role: "Connector.Admin" | "Connector.Reader";
  readonly who: string;
}

/** What is asked for. */
export interface Options {
  readonly mode: "register" | "check" | "undo";
  /** Not asked again before something is changed. */
  readonly isAgreed: boolean;
  /** Where the outputs are, or the outputs themselves. */
  readonly from: { readonly group: string; readonly deployment: string } | Outputs;
  /** Further addresses of the admin's page, such as a domain of the firm's own. */
  readonly otherUrls: readonly string[];
  readonly people: readonly Person[];
  /** Whether a connector's hold list is a group, whose members the app then has to see. */
  readonly readsGroups: boolean;
  readonly cloud: Cloud;
}

const known = {
  help: { type: "boolean", short: "h" },
  check: { type: "boolean" },
  undo: { type: "boolean" },
  yes: { type: "boolean" },
  group: { type: "string" },
  deployment: { type: "string" },
  app: { type: "string" },
  url: { type: "string", multiple: true },
  "identity-client-id": { type: "string" },
  "identity-principal-id": { type: "string" },
  admin: { type: "string", multiple: true },
  reader: { type: "string", multiple: true },
  "hold-groups": { type: "boolean" },
  cloud: { type: "string" },
  graph: { type: "string" },
  authority: { type: "string" },
} as const;

type Given = ReturnType<typeof parseArgs<{ options: typeof known }>>["values"];

/** Reads the command line; undefined when help was asked for. @throws WrongOption */
export function parseOptions(args: readonly string[]): Options | undefined {
  const given = parseGiven(args);
  if (given.help === true || args.length === 0) return undefined;
  if (given.check === true && given.undo === true) throw new WrongOption("Either --check or --undo.");
  const from = toSource(given);
  return {
    mode: given.check === true ? "check" : given.undo === true ? "undo" : "register",
    isAgreed: given.yes === true,
    from,
    otherUrls: ("portalUrl" in from ? given.url?.slice(1) : given.url)?.map(toUrl) ?? [],
    people: [
      ...(given.admin ?? []).map((who) => toPerson("Connector.Admin", who)),
      ...(given.reader ?? []).map((who) => toPerson("Connector.Reader", who)),
    ],
    readsGroups: given["hold-groups"] === true,
    cloud: toCloud(given),
  };
}

function parseGiven(args: readonly string[]): Given {
  try {
    return parseArgs({ args: [...args], options: known }).values;
  } catch (error) {
    throw new WrongOption(error instanceof Error ? error.message : "The options cannot be read.");
  }
}

function toSource(given: Given): Options["from"] {
  if (given.group !== undefined) return { group: given.group, deployment: given.deployment ?? "icechat" };
  const found = outputs.safeParse({
    functionAppName: given.app,
    portalUrl: given.url?.[0],
    identityClientId: given["identity-client-id"],
    identityPrincipalId: given["identity-principal-id"],
  });
  if (found.success) return found.data;
  throw new WrongOption(
    "Say where the deployment is: --group GROUP [--deployment NAME]. Or give its outputs by hand: --app FUNCTIONAPPNAME --url PORTALURL --identity-client-id GUID --identity-principal-id GUID",
  );
}

function toUrl(text: string): string {
  const url = z.url({ protocol: /^https$/ }).safeParse(text);
  if (!url.success) throw new WrongOption("--url takes an address that begins with https://");
  return url.data;
}

function toPerson(role: Person["role"], who: string): Person {
  const isKnown = z.guid().safeParse(who).success || /^[^\s@'/]+@[^\s@'/]+$/.test(who);
  if (!isKnown) throw new WrongOption("--admin and --reader take an object id or a user principal name.");
  return { role, who };
}

function toCloud(given: Given): Cloud {
  const name = given.cloud ?? "AzureCloud";
  if (!isCloudName(name)) throw new WrongOption(`--cloud is one of ${Object.keys(clouds).join(", ")}.`);
  const cloud = clouds[name];
  return {
    graph: toOrigin(given.graph ?? cloud.graph, "--graph"),
    authority: toOrigin(given.authority ?? cloud.authority, "--authority"),
    audience: cloud.audience,
  };
}

/** Tokens go there: in the clear only to this machine. */
function toOrigin(text: string, option: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === "https:" || url?.hostname === "127.0.0.1";
  if (url === null || !isSafe) throw new WrongOption(`${option} takes an address that begins with https://`);
  return url.origin;
}
