import { WrongOption } from "../start/wrong-option.ts";

/** Which storage it is to be done in. */
export type Place =
  | { readonly type: "start"; readonly state: string | undefined; readonly start: string | undefined }
  | { readonly type: "connection"; readonly connectionString: string }
  | { readonly type: "account"; readonly account: string };

/** The options that name it, as node:util's parseArgs takes them. */
export const placeOptions = {
  start: { type: "string" },
  state: { type: "string" },
  connection: { type: "string" },
  account: { type: "string" },
} as const;

/** What was given of them. */
export type GivenPlace = Readonly<Partial<Record<keyof typeof placeOptions, string | undefined>>>;

/** Which storage the options name. @throws WrongOption when they name two */
export function toPlace(given: GivenPlace, environment: Readonly<Record<string, string | undefined>>): Place {
  const { start, state, connection, account } = given;
  const ofStart = start !== undefined || state !== undefined;
  if ([ofStart, connection !== undefined, account !== undefined].filter(Boolean).length > 1)
    throw new WrongOption("Give one storage: --start and --state, --connection, or --account.");
  if (account !== undefined) {
    if (!/^[a-z0-9]{3,24}$/.test(account))
      throw new WrongOption("--account must be a storage account's name, 3 to 24 lower-case letters and digits.");
    return { type: "account", account };
  }
  const connectionString = connection ?? (ofStart ? undefined : environment["AZURE_STORAGE_CONNECTION_STRING"]);
  return connectionString === undefined ? { type: "start", start, state } : { type: "connection", connectionString };
}
