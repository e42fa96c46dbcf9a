import { type Told, wrong } from "./finding.ts";

/** Who asked for a token. */
export type Caller = "app" | "person";

/** Names of @azure/identity's errors. */
const tokenFaults = new Set([
  "CredentialUnavailableError",
  "AuthenticationRequiredError",
  "AuthenticationError",
  "AggregateAuthenticationError",
]);

/** Whether an error says that there is no token to be had. */
export function isTokenFault(error: unknown): error is Error {
  return error instanceof Error && tokenFaults.has(error.name);
}

/** What Entra's own numbers mean. https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const meanings: ReadonlyMap<number, readonly [text: string, todo: string]> = new Map([
  [
    700016,
    [
      "Entra does not know the app in this tenant",
      "AZURE_CLIENT_ID or AZURE_TENANT_ID names another app or tenant; set the ones of this environment.",
    ],
  ],
  [
    7000215,
    ["the client secret is wrong", "Set AZURE_CLIENT_SECRET anew. In Azure there should be none: use the identity."],
  ],
  [
    7000222,
    ["the client secret has expired", "Make a new one and set AZURE_CLIENT_SECRET, or use a managed identity."],
  ],
  [90002, ["there is no such tenant", "Mend AZURE_TENANT_ID, and look whether ENTRA_AUTHORITY_HOST is of this cloud."]],
  [
    500011,
    [
      "the tenant does not know the service that the token is for",
      "GRAPH_ENDPOINT or KEY_VAULT_URI is of another cloud than ENTRA_AUTHORITY_HOST.",
    ],
  ],
  [
    53003,
    [
      "a conditional access policy keeps the identity out",
      "Ask who keeps Entra's policies for workload identities to let this one in from the app's outbound address.",
    ],
  ],
]);

/** Tells why there is no token, by the kinds that somebody does something different about. Quotes no more than numbers. */
export function tellTokenFault(error: Error, caller: Caller): Told {
  const all = [error, ...innerErrors(error)];
  const numbers = all.flatMap(toNumbers);
  const known = numbers.map((number) => meanings.get(number)).find((meaning) => meaning !== undefined);
  const number = numbers[0] === undefined ? "" : ` (AADSTS${numbers[0]})`;
  if (known !== undefined) return wrong(`no token: ${known[0]}${number}`, known[1]);
  if (caller === "person") {
    return wrong(`you have no token${number}`, "Sign in: az login (with --tenant, if you have several).");
  }
  if (numbers.length === 0 && all.some(({ name }) => name === "CredentialUnavailableError")) {
    return wrong(
      "no token: the app finds no identity",
      "See that the app has its user-assigned identity (az functionapp identity show) and that AZURE_CLIENT_ID is the identity's client id; the deployment sets both.",
    );
  }
  return wrong(
    `no token: Entra refuses the app's identity${number}`,
    "Look the number up at https://login.microsoftonline.com/error; see AZURE_CLIENT_ID and, outside Azure, AZURE_TENANT_ID and AZURE_CLIENT_SECRET.",
  );
}

function innerErrors(error: Error): Error[] {
  const inner: unknown = Reflect.get(error, "errors");
  const errors = Array.isArray(inner) ? inner.filter((one) => one instanceof Error) : [];
  const cause = error.cause instanceof Error ? [error.cause, ...innerErrors(error.cause)] : [];
  return [...errors, ...cause];
}

function toNumbers({ message }: Error): number[] {
  return [...message.matchAll(/AADSTS(\d{4,9})/g)].map(([, number]) => Number(number));
}
