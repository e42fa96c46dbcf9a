import { ok, skipped, type Told, warning, wrong } from "./finding.ts";
import { isTokenFault, tellTokenFault } from "./tell-token-fault.ts";
import { readClaims, type TokenClaims } from "./token-claims.ts";

/** A service that the app needs tokens for. */
export type TokenUse = "storage" | "vault" | "graph";

/** What asking for the app's tokens takes. */
export interface IdentityDeps {
  readonly getToken: (scope: string, signal: AbortSignal) => Promise<{ readonly token: string } | null>;
  /** What to ask Entra for; undefined where no token is used, as with a connection string. */
  readonly scopes: Readonly<Record<TokenUse, string | undefined>>;
  /** AZURE_CLIENT_ID. */
  readonly clientId: string | undefined;
  /** Takes note of the services that the app has no token for: asking them has no sense then. */
  readonly noToken: Set<TokenUse>;
}

const names: Readonly<Record<TokenUse, string>> = { storage: "storage", vault: "Key Vault", graph: "Microsoft Graph" };

/** Asks Entra for a token for each service, and tells who the app is in them and what Entra lets it do in Graph. */
export async function* checkIdentity(deps: IdentityDeps, signal: AbortSignal): AsyncGenerator<Told> {
  const known: TokenClaims[] = [];
  for (const use of ["storage", "vault", "graph"] as const) {
    const scope = deps.scopes[use];
    if (scope === undefined) {
      yield skipped(`no token for ${names[use]} is needed: AzureWebJobsStorage holds a connection string`);
      continue;
    }
    const token = await ask(deps, use, scope, signal);
    if (typeof token !== "string") {
      yield token;
      continue;
    }
    const claims = readClaims(token);
    if (claims === undefined) yield skipped(`the token for ${names[use]} cannot be read, so it tells nothing`);
    else known.push(claims);
    if (claims !== undefined && use === "graph") yield* tellRoles(claims.roles);
  }
  yield* tellWho(known, deps);
}

async function ask(deps: IdentityDeps, use: TokenUse, scope: string, signal: AbortSignal): Promise<string | Told> {
  try {
    const given = await deps.getToken(scope, signal);
    if (given !== null) return given.token;
    deps.noToken.add(use);
    return wrong(`no token for ${names[use]}`, "The app finds no identity: see AZURE_CLIENT_ID.");
  } catch (error) {
    if (!isTokenFault(error)) throw error;
    deps.noToken.add(use);
    const { text, ...told } = tellTokenFault(error, "app");
    return { ...told, text: `${names[use]}: ${text}` };
  }
}

function* tellWho(known: readonly TokenClaims[], { clientId }: IdentityDeps): Generator<Told> {
  const [first] = known;
  if (first?.app === undefined) return;
  if (new Set(known.map(({ app, tenant }) => `${app} ${tenant}`)).size > 1) {
    yield wrong(
      "the tokens are of different apps or tenants",
      "See AZURE_CLIENT_ID and AZURE_TENANT_ID, and that only one kind of credential is set.",
    );
    return;
  }
  if (clientId !== undefined && clientId.toLowerCase() !== first.app.toLowerCase()) {
    yield wrong(
      `the tokens are for app ${first.app}, and AZURE_CLIENT_ID is ${clientId}`,
      "Another credential was found first: set AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential, as the deployment does.",
    );
    return;
  }
  const { app, tenant = "unknown", principal = "unknown" } = first;
  yield ok(`app ${app}, principal ${principal}, tenant ${tenant}: tokens for ${known.length} services`);
}

/** Each holds what the app needs of the directory; the first is the least. */
const readsDirectory = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
/** Asked for only by connectors whose hold list is a group: whether one is, and lacks it, is told beside the connector. */
const readsGroups = "GroupMember.Read.All";
/** Entra's permissions on mailboxes hold for all mailboxes of the tenant. */
const ofMailboxes =
  /^(Mail|Mail-Advanced|MailboxFolder|MailboxItem|MailboxSettings|Calendars|Contacts)\.|^full_access_as_app$/;
/** How soon a change of permissions shows. */
export const cachedForADay =
  "Azure keeps an identity's tokens for up to 24 hours, so a change shows that late, and a restart makes it no sooner.";

function* tellRoles(roles: readonly string[]): Generator<Told> {
  const wide = roles.filter((role) => ofMailboxes.test(role));
  if (wide.length > 0) {
    yield warning(
      `Entra has granted ${wide.join(", ")}: on EVERY mailbox of the tenant. Grants add up, so the scope set in Exchange does not hold`,
      `Take it away in Entra (npm run register -- --check names it too), and leave the role that infra/access/ExchangeAccess.ps1 gives. ${cachedForADay}`,
    );
  }
  if (!roles.some((role) => readsDirectory.includes(role))) {
    yield wrong(
      "Entra has not granted User.Read.All on Microsoft Graph, so nobody's mailbox can be found",
      `npm run register grants it (docs/deploy.md). ${cachedForADay}`,
    );
    return;
  }
  const more = roles.filter((role) => role !== readsDirectory[0] && role !== readsGroups && !ofMailboxes.test(role));
  if (more.length === 0) return;
  yield warning(
    `Entra has granted more than is needed: ${more.join(", ")}`,
    `Leave User.Read.All, and ${readsGroups} where a hold list is a group. ${cachedForADay}`,
  );
}
