import { type DeletedApp, type DirectoryState, findDeleted, listDeletedPrincipals } from "./directory-state.ts";
import { type EntraApi, EntraRefused } from "./entra-api.ts";
import { purposeOf, type Registration } from "./registration.ts";

/** What taking back would remove, one line each; nothing else is touched. */
export function listOfOurs(wanted: Registration, state: DirectoryState): string[] {
  const { app, deleted, assignments, identityGrants } = state;
  const holders = assignments.length === 0 ? "" : `, and the roles of ${assignments.length} people or groups in it`;
  return [
    ...identityGrants.filter(isOurs).map(({ role }) => `the identity's permission ${role}`),
    ...(app === undefined ? [] : [`the app registration ${wanted.displayName}${holders}`]),
    ...(deleted === undefined ? [] : [`the deleted app registration ${wanted.displayName}, for good`]),
  ];
}

/** Removes what registering has made, the registration for good: its name is free again. @throws EntraRefused */
export async function takeBack(entra: EntraApi, wanted: Registration, state: DirectoryState): Promise<void> {
  for (const { id } of state.identityGrants.filter(isOurs)) {
    await entra.remove(`/servicePrincipals/${wanted.identity.principalId}/appRoleAssignments/${id}`);
  }
  if (state.app === undefined && state.deleted === undefined) return;
  if (state.app !== undefined) await entra.remove(`/applications/${state.app.id}`);
  const deleted = state.deleted ?? (await waitForDeleted(entra, wanted));
  if (deleted === undefined) return;
  // The registration goes last: whoever is interrupted finds the rest by it.
  for (const id of await listDeletedPrincipals(entra, deleted.appId))
    await entra.remove(`/directory/deletedItems/${id}`);
  await entra.remove(`/directory/deletedItems/${deleted.id}`);
}

/** Undefined when it is not among the deleted ones either: another run was quicker. */
async function waitForDeleted(entra: EntraApi, wanted: Registration): Promise<DeletedApp | undefined> {
  const look = async (): Promise<DeletedApp> => {
    const found = await findDeleted(entra, wanted);
    if (found === undefined) throw new EntraRefused(404, "", "The registration is not among the deleted ones.");
    return found;
  };
  return await entra.eventually(look).catch((error: unknown) => {
    if (error instanceof EntraRefused && error.status === 404) return undefined;
    throw error;
  });
}

/** With or without --hold-groups: what an earlier run was told to give is ours, too. */
function isOurs({ isOfGraph, role }: DirectoryState["identityGrants"][number]): boolean {
  return isOfGraph && purposeOf(role) !== undefined;
}
