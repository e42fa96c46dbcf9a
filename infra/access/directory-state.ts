import { z } from "zod";
import { type EntraApi, EntraRefused } from "./entra-api.ts";
import { type Person, WrongOption } from "./options.ts";
import { graphAppId, type Registration } from "./registration.ts";

const texts = z.array(z.string());
const named = z.object({ id: z.string(), value: z.string().nullable() });

const application = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  signInAudience: z.string(),
  identifierUris: texts,
  web: z.object({
    redirectUris: texts,
    implicitGrantSettings: z.object({ enableIdTokenIssuance: z.boolean(), enableAccessTokenIssuance: z.boolean() }),
  }),
  spa: z.object({ redirectUris: texts }).optional(),
  publicClient: z.object({ redirectUris: texts }).optional(),
  api: z.object({ requestedAccessTokenVersion: z.number().nullable() }),
  appRoles: z.array(
    z.object({
      id: z.string(),
      value: z.string().nullable(),
      displayName: z.string(),
      description: z.string().nullable(),
      allowedMemberTypes: texts,
      isEnabled: z.boolean(),
    }),
  ),
  requiredResourceAccess: z.array(
    z.object({ resourceAppId: z.string(), resourceAccess: z.array(z.object({ id: z.string(), type: z.string() })) }),
  ),
  passwordCredentials: z.array(z.object({ keyId: z.string() })),
  keyCredentials: z.array(z.object({ keyId: z.string() })),
});
const servicePrincipal = z.object({
  id: z.string(),
  appId: z.string(),
  accountEnabled: z.boolean(),
  appRoleAssignmentRequired: z.boolean(),
  tags: texts,
});
const credential = z.object({
  id: z.string(),
  name: z.string(),
  issuer: z.string(),
  subject: z.string(),
  audiences: texts,
});
const consent = z.object({ id: z.string(), consentType: z.string(), resourceId: z.string(), scope: z.string() });
const assignment = z.object({ id: z.string(), principalId: z.string(), resourceId: z.string(), appRoleId: z.string() });
const api = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  appRoles: z.array(named),
  oauth2PermissionScopes: z.array(named),
});
const principal = z.object({ id: z.string(), appId: z.string(), servicePrincipalType: z.string() });
const anybody = z.object({ "@odata.type": z.string().optional(), id: z.string() });
const deletedApp = z.object({ id: z.string(), appId: z.string(), uniqueName: z.string().nullish() });
const deletedPrincipal = z.object({ id: z.string(), appId: z.string() });

export type Application = z.infer<typeof application>;

/** A permission that the app's identity has by itself. */
export interface IdentityGrant {
  readonly id: string;
  readonly api: string;
  readonly isOfGraph: boolean;
  readonly role: string;
}

/** A registration among those that were deleted in the last 30 days. */
export interface DeletedApp {
  readonly id: string;
  readonly appId: string;
}

/** What the directory has, as far as the registration is concerned. */
export interface DirectoryState {
  readonly graph: z.infer<typeof api>;
  readonly app: Application | undefined;
  /** A deleted registration that can be brought back. */
  readonly deleted: DeletedApp | undefined;
  readonly principal: z.infer<typeof servicePrincipal> | undefined;
  readonly credentials: readonly z.infer<typeof credential>[];
  readonly consents: readonly z.infer<typeof consent>[];
  readonly assignments: readonly z.infer<typeof assignment>[];
  readonly identityGrants: readonly IdentityGrant[];
}

/** Someone who is to get a role, found in the directory. */
export interface FoundPerson extends Person {
  readonly id: string;
}

/** The tenant that the signed-in administrator works in. */
export async function readTenant(entra: EntraApi): Promise<string> {
  const [tenant] = await entra.list("/organization?$select=id", z.object({ id: z.guid() }));
  if (tenant === undefined) throw new Error("Graph does not tell which tenant this is.");
  return tenant.id;
}

/** Looks at everything that registering is about. @throws EntraRefused; WrongOption when the identity is not in this tenant */
export async function readDirectory(entra: EntraApi, wanted: Registration): Promise<DirectoryState> {
  const graph = await entra.get(`/servicePrincipals(appId='${graphAppId}')`, api);
  const identityGrants = await readIdentityGrants(entra, wanted, graph);
  const app = await entra.find(toApplicationPath(wanted), application);
  const deleted = app === undefined ? await findDeleted(entra, wanted) : undefined;
  const found = app && (await entra.find(`/servicePrincipals(appId='${app.appId}')`, servicePrincipal));
  return {
    graph,
    app,
    deleted,
    principal: found,
    credentials: app ? await entra.list(`/applications/${app.id}/federatedIdentityCredentials`, credential) : [],
    consents: found ? await entra.list(`/servicePrincipals/${found.id}/oauth2PermissionGrants`, consent) : [],
    assignments: found ? await entra.list(`/servicePrincipals/${found.id}/appRoleAssignedTo`, assignment) : [],
    identityGrants,
  };
}

/** Where the registration is found by our own name for it. */
export function toApplicationPath({ uniqueName }: Pick<Registration, "uniqueName">): string {
  return `/applications(uniqueName='${uniqueName}')`;
}

/** The deleted registration of this name. @throws EntraRefused */
export async function findDeleted(
  entra: EntraApi,
  wanted: Pick<Registration, "uniqueName">,
): Promise<DeletedApp | undefined> {
  const path = "/directory/deletedItems/microsoft.graph.application?$select=id,appId,uniqueName";
  return (await entra.list(path, deletedApp)).find(({ uniqueName }) => uniqueName === wanted.uniqueName);
}

/** Object ids of a registration's deleted service principals: they are deleted with it, and not brought back with it. */
export async function listDeletedPrincipals(entra: EntraApi, appId: string): Promise<string[]> {
  const path = "/directory/deletedItems/microsoft.graph.servicePrincipal?$select=id,appId";
  const all = await entra.list(path, deletedPrincipal);
  return all.filter((one) => one.appId === appId).map(({ id }) => id);
}

async function readIdentityGrants(entra: EntraApi, wanted: Registration, graph: z.infer<typeof api>) {
  const { clientId, principalId } = wanted.identity;
  // A new identity reaches the directory some seconds after its deployment has ended.
  const identity = await entra.get(`/servicePrincipals/${principalId}`, principal).catch((error: unknown) => {
    if (error instanceof EntraRefused && error.status === 404) throw new WrongOption(notInTenant);
    throw error;
  });
  if (identity.appId !== clientId)
    throw new WrongOption("The identity's client id and principal id are of two identities.");
  const apis = new Map([[graph.id, graph]]);
  const grants: IdentityGrant[] = [];
  for (const { id, resourceId, appRoleId } of await entra.list(
    `/servicePrincipals/${principalId}/appRoleAssignments`,
    assignment,
  )) {
    const of = apis.get(resourceId) ?? (await entra.get(`/servicePrincipals/${resourceId}`, api));
    apis.set(resourceId, of);
    const role = of.appRoles.find((one) => one.id === appRoleId)?.value ?? appRoleId;
    grants.push({ id, api: of.displayName, isOfGraph: of.id === graph.id, role });
  }
  return grants;
}

const notInTenant =
  "The app's identity is not in the tenant that az is signed in to: az login --tenant, and look at identityPrincipalId.";

/** Finds who is to get a role. @throws WrongOption when there is nobody of that name */
export async function findPeople(entra: EntraApi, people: readonly Person[]): Promise<FoundPerson[]> {
  const found: FoundPerson[] = [];
  for (const person of people) {
    const path = person.who.includes("@")
      ? `/users/${encodeURIComponent(person.who)}`
      : `/directoryObjects/${person.who}`;
    const one = await entra.find(path, anybody);
    const kind = one?.["@odata.type"] ?? "#microsoft.graph.user";
    if (one === undefined) throw new WrongOption(`There is no user or group ${person.who} in this tenant.`);
    if (!/\.(user|group)$/.test(kind)) throw new WrongOption(`${person.who} is neither a user nor a group.`);
    found.push({ ...person, id: one.id });
  }
  return found;
}
