import type { Application, DirectoryState, FoundPerson, IdentityGrant } from "./directory-state.ts";
import {
  type AppRole,
  type GraphRole,
  graphAppId,
  purposeOf,
  type Registration,
  signInScopes,
} from "./registration.ts";

/** Something that is not as it has to be, and that registering puts right. */
export interface Difference {
  readonly part: "application" | "principal" | "credential" | "consent" | "person" | "identity";
  readonly text: string;
  readonly person?: FoundPerson;
}

/** Something that only people should decide about: registering leaves it as it is. */
export interface Finding {
  readonly text: string;
  /** Nothing is registered as long as it is so. */
  readonly isRefused: boolean;
}

/** Entra shows a registration among the enterprise applications only with this tag. */
export const visibleTag = "WindowsAzureActiveDirectoryIntegratedApp";

/** Everything in the directory that is not as the registration wants it, in the order in which it can be put right. */
export function listDifferences(
  wanted: Registration,
  state: DirectoryState,
  people: readonly FoundPerson[],
): Difference[] {
  return [
    ...ofApplication(wanted, state).map((text) => ({ part: "application" as const, text })),
    ...ofPrincipal(state).map((text) => ({ part: "principal" as const, text })),
    ...ofCredential(wanted, state).map((text) => ({ part: "credential" as const, text })),
    ...ofConsent(state).map((text) => ({ part: "consent" as const, text })),
    ...people.filter((one) => !hasRole(wanted, state, one)).map(ofPerson),
    ...listMissingGrants(wanted, state).map((role) => ({
      part: "identity" as const,
      text: `the app's identity may not ${purposeOf(role) ?? ""}: no ${role}`,
    })),
  ];
}

function ofApplication(wanted: Registration, state: DirectoryState): string[] {
  const { app } = state;
  if (app === undefined) {
    const verb = state.deleted === undefined ? "is not there" : "was deleted, and can be brought back";
    return [`the app registration ${wanted.displayName} ${verb}`];
  }
  const other = (isOther: boolean, text: string): string[] => (isOther ? [text] : []);
  return [
    ...other(app.displayName !== wanted.displayName, `it is called ${app.displayName}, not ${wanted.displayName}`),
    ...other(app.signInAudience !== "AzureADMyOrg", "people of other tenants may sign in"),
    ...other(
      !isSame(allRedirects(app), wanted.redirectUris),
      `people are sent back to ${allRedirects(app).join(", ") || "nowhere"}, not ${wanted.redirectUris.join(", ")}`,
    ),
    ...other(
      !app.web.implicitGrantSettings.enableIdTokenIssuance,
      "id tokens are off, which App Service signs people in with",
    ),
    ...other(
      app.web.implicitGrantSettings.enableAccessTokenIssuance,
      "access tokens by implicit flow are on, which nothing needs",
    ),
    ...other(app.api.requestedAccessTokenVersion !== 2, "its tokens are not of version 2"),
    ...other(
      !isSame(app.identifierUris, [`api://${app.appId}`]),
      `its identifier is ${app.identifierUris.join(", ") || "not set"}, not api://${app.appId}`,
    ),
    ...wanted.roles
      .filter((role) => !hasAppRole(app, role))
      .map((role) => `it has no role ${role.value} as in infra/app-roles.json`),
    ...other(!asksForSignInOnly(app, state), "it asks for other permissions than to sign people in"),
  ];
}

function allRedirects({ web, spa, publicClient }: Application): string[] {
  return [...web.redirectUris, ...(spa?.redirectUris ?? []), ...(publicClient?.redirectUris ?? [])];
}

/** Whether a registration has a role exactly as it has to be. */
export function hasAppRole(app: Application, role: AppRole): boolean {
  const found = app.appRoles.find(({ id }) => id === role.id);
  if (found === undefined || !isSame(found.allowedMemberTypes, role.allowedMemberTypes)) return false;
  const { value, displayName, description, isEnabled } = role;
  return (
    found.value === value &&
    found.displayName === displayName &&
    found.description === description &&
    found.isEnabled === isEnabled
  );
}

function asksForSignInOnly(app: Application, { graph }: DirectoryState): boolean {
  const asked = app.requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map(({ id, type }) => `${resourceAppId} ${type} ${id}`),
  );
  return isSame(
    asked,
    toSignInAccess(graph).map((id) => `${graphAppId} Scope ${id}`),
  );
}

/** Ids of the permissions that signing in takes. Throws when Graph does not know one. */
export function toSignInAccess(graph: DirectoryState["graph"]): string[] {
  return signInScopes.map((scope) => {
    const found = graph.oauth2PermissionScopes.find(({ value }) => value === scope);
    if (found === undefined) throw new Error(`Graph knows no permission ${scope}.`);
    return found.id;
  });
}

function ofPrincipal({ principal }: DirectoryState): string[] {
  if (principal === undefined) return ["its service principal is not there"];
  return [
    ...(principal.appRoleAssignmentRequired ? [] : ["people without a role get in: no assignment is required"]),
    ...(principal.accountEnabled ? [] : ["signing in is switched off"]),
    ...(principal.tags.includes(visibleTag) ? [] : ["it is not listed among the enterprise applications"]),
  ];
}

function ofCredential({ credential }: Registration, state: DirectoryState): string[] {
  const found = state.credentials.find(({ name }) => name === credential.name);
  if (found === undefined) return ["the app's identity cannot prove itself: no federated credential"];
  const isRight = found.issuer === credential.issuer && found.subject === credential.subject;
  return isRight && isSame(found.audiences, credential.audiences)
    ? []
    : ["the federated credential is another identity's"];
}

function ofConsent(state: DirectoryState): string[] {
  const found = findConsent(state);
  const scopes = found?.scope.split(" ").filter(Boolean) ?? [];
  if (found === undefined)
    return ["nobody has consented that people sign in, and with assignment required they cannot themselves"];
  return isSame(scopes, signInScopes)
    ? []
    : [`consented is ${scopes.join(" ") || "nothing"}, not ${signInScopes.join(" ")}`];
}

/** The tenant's consent to signing in. */
export function findConsent({ consents, graph }: DirectoryState): DirectoryState["consents"][number] | undefined {
  return consents.find(({ consentType, resourceId }) => consentType === "AllPrincipals" && resourceId === graph.id);
}

function hasRole(wanted: Registration, { assignments }: DirectoryState, { id, role }: FoundPerson): boolean {
  const roleId = toRoleId(wanted, role);
  return assignments.some(({ principalId, appRoleId }) => principalId === id && appRoleId === roleId);
}

/** Throws when infra/app-roles.json has no such role. */
export function toRoleId({ roles }: Registration, value: string): string {
  const found = roles.find((role) => role.value === value);
  if (found === undefined) throw new Error(`infra/app-roles.json has no role ${value}`);
  return found.id;
}

function ofPerson(person: FoundPerson): Difference {
  return { part: "person", text: `${person.who} is no ${person.role}`, person };
}

/** Permissions that the app's identity is to have on Graph and has not. */
export function listMissingGrants({ graphRoles }: Registration, { identityGrants }: DirectoryState): GraphRole[] {
  return graphRoles.filter((wanted) => !identityGrants.some(({ isOfGraph, role }) => isOfGraph && role === wanted));
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.toSorted().every((one, i) => one === others.toSorted()[i]);
}

/** What registering does not change and people have to know. */
export function listFindings(wanted: Registration, state: DirectoryState, people: readonly FoundPerson[]): Finding[] {
  const { app, credentials, consents, identityGrants } = state;
  const keys = (app?.passwordCredentials.length ?? 0) + (app?.keyCredentials.length ?? 0);
  const strangers = credentials.filter(({ name }) => name !== wanted.credential.name);
  const own = findConsent(state);
  const foreign = (app?.appRoles ?? []).filter(({ id }) => !wanted.roles.some((role) => role.id === id));
  return [
    ...identityGrants.flatMap((grant) => ofGrant(wanted, grant)),
    ...(keys > 0
      ? [
          told(
            `the registration has ${keys} secrets or certificates. It needs none: whoever has one can pass for the app.`,
          ),
        ]
      : []),
    ...strangers.map(({ name }) =>
      told(`the federated credential ${name} is none of ours: whom it trusts can pass for the app.`),
    ),
    ...consents
      .filter((one) => one !== own)
      .map(({ scope }) => told(`the registration may act for people beyond signing them in: ${scope.trim()}`)),
    ...foreign.map(({ value }) => told(`the registration has a role ${value ?? ""} that the app does not know.`)),
    ...ofAdmins(wanted, state, people),
  ];
}

function ofGrant({ graphRoles }: Registration, { api, role, isOfGraph }: IdentityGrant): Finding[] {
  if (isOfGraph && graphRoles.some((wanted) => wanted === role)) return [];
  // Grants in Entra and in Exchange add up: with this one the app reaches every mailbox, whatever scope Exchange has for it.
  if (/^(Mail|full_access_as_app|Exchange)/.test(role)) {
    return [
      {
        text: `the app's identity has ${role} (${api}) for all mailboxes, so Exchange's scope is worth nothing. Take it away in Entra.`,
        isRefused: true,
      },
    ];
  }
  const purpose = isOfGraph ? purposeOf(role) : undefined;
  const reason = purpose === undefined ? "" : ` unless it has to ${purpose}: then say --hold-groups`;
  return [told(`the app's identity has ${role} (${api}), which it does not need${reason}.`)];
}

function ofAdmins(wanted: Registration, { assignments }: DirectoryState, people: readonly FoundPerson[]): Finding[] {
  const adminId = toRoleId(wanted, "Connector.Admin");
  const hasAdmin =
    people.some(({ role }) => role === "Connector.Admin") || assignments.some(({ appRoleId }) => appRoleId === adminId);
  return hasAdmin ? [] : [told("nobody is Connector.Admin: give the role with --admin.")];
}

function told(text: string): Finding {
  return { text, isRefused: false };
}
