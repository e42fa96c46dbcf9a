import { z } from "zod";
import {
  type Difference,
  findConsent,
  hasAppRole,
  listMissingGrants,
  toRoleId,
  toSignInAccess,
  visibleTag,
} from "./differences.ts";
import { type DirectoryState, listDeletedPrincipals, toApplicationPath } from "./directory-state.ts";
import type { EntraApi } from "./entra-api.ts";
import { graphAppId, type Registration, signInScopes } from "./registration.ts";

const madeApplication = z.object({ id: z.string(), appId: z.string() });
const madePrincipal = z.object({ id: z.string() });

/**
 * Puts the differences right, in their order. Each step can be repeated, so whoever was interrupted does it all again.
 * @throws EntraRefused
 */
export async function putRight(
  entra: EntraApi,
  wanted: Registration,
  state: DirectoryState,
  differences: readonly Difference[],
): Promise<void> {
  const has = (part: Difference["part"]): boolean => differences.some((one) => one.part === part);
  if (has("application")) await putApplication(entra, wanted, state);
  const app = await entra.get(toApplicationPath(wanted), madeApplication);
  const principalPath = `/servicePrincipals(appId='${app.appId}')`;
  if (has("principal")) await putPrincipal(entra, app.appId, state);
  const principal = await entra.get(principalPath, madePrincipal);
  if (has("credential")) await putCredential(entra, wanted, app.id);
  if (has("consent")) await putConsent(entra, state, principal.id);
  for (const { person } of differences) {
    if (person === undefined) continue;
    await assign(entra, { principalId: person.id, resourceId: principal.id, appRoleId: toRoleId(wanted, person.role) });
  }
  if (has("identity")) await grantToIdentity(entra, wanted, state);
}

async function putApplication(entra: EntraApi, wanted: Registration, state: DirectoryState): Promise<void> {
  if (state.deleted !== undefined) await restore(entra, state.deleted.id);
  const others = state.app?.appRoles.filter(({ id }) => !wanted.roles.some((role) => role.id === id)) ?? [];
  const wrong = state.app?.appRoles.filter((role) => role.isEnabled && isWrong(wanted, state, role.id)) ?? [];
  if (wrong.length > 0) {
    // Entra refuses to change a role that is switched on.
    const appRoles = state.app?.appRoles.map((role) => (wrong.includes(role) ? { ...role, isEnabled: false } : role));
    await entra.change(toApplicationPath(wanted), { appRoles });
  }
  await entra.put(toApplicationPath(wanted), applicationBody(wanted, state, others));
  const { id, appId } = await entra.get(toApplicationPath(wanted), madeApplication);
  await entra.change(`/applications/${id}`, { identifierUris: [`api://${appId}`] });
}

function isWrong(wanted: Registration, { app }: DirectoryState, id: string): boolean {
  const role = wanted.roles.find((one) => one.id === id);
  return role !== undefined && app !== undefined && !hasAppRole(app, role);
}

function applicationBody(wanted: Registration, state: DirectoryState, otherRoles: readonly object[]): object {
  const access = toSignInAccess(state.graph).map((id) => ({ id, type: "Scope" }));
  return {
    displayName: wanted.displayName,
    signInAudience: "AzureADMyOrg",
    web: {
      redirectUris: wanted.redirectUris,
      implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: false },
    },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    api: { requestedAccessTokenVersion: 2 },
    appRoles: [...otherRoles, ...wanted.roles],
    requiredResourceAccess: [{ resourceAppId: graphAppId, resourceAccess: access }],
  };
}

/** With a principal that was deleted the roles of people come back too; a second one beside it would have none. */
async function putPrincipal(entra: EntraApi, appId: string, { principal }: DirectoryState): Promise<void> {
  const lost = principal === undefined ? await listDeletedPrincipals(entra, appId) : [];
  for (const id of lost.slice(0, 1)) await restore(entra, id);
  const tags = new Set([...(principal?.tags ?? []), visibleTag]);
  const body = { accountEnabled: true, appRoleAssignmentRequired: true, tags: [...tags] };
  await entra.put(`/servicePrincipals(appId='${appId}')`, body);
}

async function restore(entra: EntraApi, id: string): Promise<void> {
  await entra.add(`/directory/deletedItems/${id}/restore`, {});
}

async function putCredential(entra: EntraApi, { credential }: Registration, appObjectId: string): Promise<void> {
  const { name, issuer, subject, audiences } = credential;
  const path = `/applications/${appObjectId}/federatedIdentityCredentials(name='${name}')`;
  await entra.put(path, { issuer, subject, audiences });
}

async function putConsent(entra: EntraApi, state: DirectoryState, clientId: string): Promise<void> {
  const scope = signInScopes.join(" ");
  const found = findConsent(state);
  if (found !== undefined) return await entra.change(`/oauth2PermissionGrants/${found.id}`, { scope });
  const body = { clientId, consentType: "AllPrincipals", resourceId: state.graph.id, scope };
  await entra.add("/oauth2PermissionGrants", body);
}

async function grantToIdentity(entra: EntraApi, wanted: Registration, state: DirectoryState): Promise<void> {
  const { graph } = state;
  for (const name of listMissingGrants(wanted, state)) {
    const role = graph.appRoles.find(({ value }) => value === name);
    if (role === undefined) throw new Error(`Graph knows no permission ${name}.`);
    await assign(entra, { principalId: wanted.identity.principalId, resourceId: graph.id, appRoleId: role.id });
  }
}

async function assign(
  entra: EntraApi,
  body: { principalId: string; resourceId: string; appRoleId: string },
): Promise<void> {
  await entra.add(`/servicePrincipals/${body.resourceId}/appRoleAssignedTo`, body);
}
