import { graphAppId } from "../../../infra/access/registration.ts";

/** An object of the directory; `id` is its object id. */
export interface Item {
  readonly id: string;
  appRoles?: Item[];
  web?: Record<string, unknown>;
  [name: string]: unknown;
}

/** All that the stand-in keeps. Lists are in the order of making. */
export interface DirectoryData extends Record<string, Item[]> {
  applications: Item[];
  servicePrincipals: Item[];
  /** Each with `appObjectId`. */
  federatedIdentityCredentials: Item[];
  oauth2PermissionGrants: Item[];
  appRoleAssignments: Item[];
  people: Item[];
  deletedApplications: Item[];
  deletedServicePrincipals: Item[];
}

/** Ids that the tests name. */
export const ids = {
  tenant: "00000000-0000-4000-8000-0000000000aa",
  graph: "00000000-0000-4000-8000-000000000001",
  exchange: "00000000-0000-4000-8000-000000000002",
  identity: "00000000-0000-4000-8000-000000000003",
  identityClient: "00000000-0000-4000-8000-000000000004",
  alice: "00000000-0000-4000-8000-000000000005",
  auditors: "00000000-0000-4000-8000-000000000006",
  userReadAll: "df021288-bdef-4463-88db-98f22de89214",
  mailReadWrite: "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
  groupMemberReadAll: "98830695-27a2-44f7-8c18-0c3ebc9698f6",
  groupReadAll: "5b567255-7703-4780-807c-7be8301ae99b",
  fullAccess: "dc890d15-9560-4a4c-9b7f-a736ec74ec40",
} as const;

/** A tenant in which the resources were just deployed: Graph, Exchange, the app's identity, a user and a group. */
export function newTenant(): DirectoryData {
  return {
    applications: [],
    servicePrincipals: [
      {
        id: ids.graph,
        appId: graphAppId,
        displayName: "Microsoft Graph",
        servicePrincipalType: "Application",
        appRoles: [
          { id: ids.userReadAll, value: "User.Read.All" },
          { id: ids.groupMemberReadAll, value: "GroupMember.Read.All" },
          { id: ids.mailReadWrite, value: "Mail.ReadWrite" },
          { id: ids.groupReadAll, value: "Group.Read.All" },
        ],
        oauth2PermissionScopes: [
          { id: "37f7f235-527c-4136-accd-4a02d197296e", value: "openid" },
          { id: "14dad69e-099b-42c9-810b-d002981feec1", value: "profile" },
          { id: "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", value: "email" },
          { id: "e1fe6dd8-ba31-4d61-89e7-88639da4683d", value: "User.Read" },
        ],
      },
      {
        id: ids.exchange,
        appId: "00000002-0000-0ff1-ce00-000000000000",
        displayName: "Office 365 Exchange Online",
        servicePrincipalType: "Application",
        appRoles: [{ id: ids.fullAccess, value: "full_access_as_app" }],
        oauth2PermissionScopes: [],
      },
      {
        id: ids.identity,
        appId: ids.identityClient,
        displayName: "id-icechat-prod",
        servicePrincipalType: "ManagedIdentity",
        appRoles: [],
        oauth2PermissionScopes: [],
      },
    ],
    federatedIdentityCredentials: [],
    oauth2PermissionGrants: [],
    appRoleAssignments: [],
    people: [
      { "@odata.type": "#microsoft.graph.user", id: ids.alice, userPrincipalName: "alice@bank.example" },
      { "@odata.type": "#microsoft.graph.group", id: ids.auditors },
    ],
    deletedApplications: [],
    deletedServicePrincipals: [],
  };
}

/** What the tests compare: everything but ids that are given at random. */
export function toComparable(data: DirectoryData): unknown {
  const names = new Map<string, string>();
  for (const [kind, items] of Object.entries(data)) {
    for (const [i, item] of items.entries()) names.set(item.id, `${kind}#${i}`);
  }
  for (const { appId } of data.applications) names.set(String(appId), "appId");
  const text = JSON.stringify(data);
  const random = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  return JSON.parse(text.replace(random, (id) => names.get(id) ?? id));
}
