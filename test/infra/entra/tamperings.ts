import { type DirectoryData, type Item, ids } from "./directory-data.ts";

/** Something that somebody changed behind the command's back. */
export interface Tampering {
  readonly what: string;
  readonly change: (data: DirectoryData) => void;
  readonly told: RegExp;
  /** What only people can decide about stays as it is. */
  readonly stays?: true;
}

const app = ({ applications }: DirectoryData): Item => applications[0] ?? { id: "" };
const principal = (data: DirectoryData): Item =>
  data.servicePrincipals.find(({ appId }) => appId === app(data)["appId"]) ?? { id: "" };
const set =
  (of: (data: DirectoryData) => Item, change: Record<string, unknown>) =>
  (data: DirectoryData): void => {
    Object.assign(of(data), change);
  };
const empty =
  (list: keyof DirectoryData) =>
  (data: DirectoryData): void => {
    data[list] = [];
  };
/** Takes a role away from somebody. */
export const withoutRole = (roleOwner: string) => (data: DirectoryData) => {
  data.appRoleAssignments = data.appRoleAssignments.filter(({ principalId }) => principalId !== roleOwner);
};
const changeRole = (change: Record<string, unknown>) => (data: DirectoryData) => {
  const [first, ...others] = app(data).appRoles ?? [];
  app(data).appRoles = [{ id: "", ...first, ...change }, ...others];
};
const changeWeb = (change: Record<string, unknown>) => (data: DirectoryData) => {
  app(data).web = { ...app(data).web, ...change };
};

/** Each single one is to be told of. */
export const tamperings: readonly Tampering[] = [
  {
    what: "registration gone",
    change: empty("applications"),
    told: /app registration .* is not there/,
  },
  { what: "another name", change: set(app, { displayName: "x" }), told: /called x/ },
  {
    what: "people of other tenants",
    change: set(app, { signInAudience: "AzureADMultipleOrgs" }),
    told: /other tenants/,
  },
  {
    what: "one more redirect address",
    change: changeWeb({ redirectUris: ["https://evil.example/.auth/login/aad/callback"] }),
    told: /evil\.example/,
  },
  {
    what: "a redirect address of a page's own",
    change: set(app, { spa: { redirectUris: ["https://evil.example"] } }),
    told: /evil\.example/,
  },
  {
    what: "no id tokens",
    change: changeWeb({ implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false } }),
    told: /id tokens/,
  },
  {
    what: "access tokens",
    change: changeWeb({ implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: true } }),
    told: /access tokens/,
  },
  {
    what: "tokens of version 1",
    change: set(app, { api: { requestedAccessTokenVersion: null } }),
    told: /version 2/,
  },
  { what: "another identifier", change: set(app, { identifierUris: [] }), told: /identifier/ },
  { what: "a role switched off", change: changeRole({ isEnabled: false }), told: /Connector\.Admin/ },
  { what: "a role with another value", change: changeRole({ value: "Connector.Nobody" }), told: /Connector\.Admin/ },
  {
    what: "a role that programs may have",
    change: changeRole({ allowedMemberTypes: ["User", "Application"] }),
    told: /Connector\.Admin/,
  },
  {
    what: "more permissions asked for",
    change: set(app, { requiredResourceAccess: [] }),
    told: /other permissions/,
  },
  {
    what: "service principal gone",
    change: (data) => {
      const gone = principal(data);
      data.servicePrincipals = data.servicePrincipals.filter((one) => one !== gone);
    },
    told: /service principal/,
  },
  {
    what: "no assignment required",
    change: set(principal, { appRoleAssignmentRequired: false }),
    told: /without a role/,
  },
  { what: "signing in off", change: set(principal, { accountEnabled: false }), told: /switched off/ },
  { what: "not listed", change: set(principal, { tags: [] }), told: /enterprise applications/ },
  {
    what: "no federated credential",
    change: empty("federatedIdentityCredentials"),
    told: /federated credential/,
  },
  {
    what: "another subject",
    change: set(({ federatedIdentityCredentials }) => federatedIdentityCredentials[0] ?? { id: "" }, {
      subject: ids.alice,
    }),
    told: /another identity's/,
  },
  {
    what: "another issuer",
    change: set(({ federatedIdentityCredentials }) => federatedIdentityCredentials[0] ?? { id: "" }, {
      issuer: "https://evil.example",
    }),
    told: /another identity's/,
  },
  {
    what: "another audience",
    change: set(({ federatedIdentityCredentials }) => federatedIdentityCredentials[0] ?? { id: "" }, {
      audiences: ["x"],
    }),
    told: /another identity's/,
  },
  { what: "no consent", change: empty("oauth2PermissionGrants"), told: /consented/ },
  {
    what: "more consent",
    change: set(({ oauth2PermissionGrants }) => oauth2PermissionGrants[0] ?? { id: "" }, {
      scope: "openid profile email Mail.Read",
    }),
    told: /Mail\.Read/,
  },
  { what: "no role for the admin", change: withoutRole(ids.alice), told: /alice@bank\.example is no Connector\.Admin/ },
  { what: "no role for the readers", change: withoutRole(ids.auditors), told: /is no Connector\.Reader/ },
  { what: "the identity may not look people up", change: withoutRole(ids.identity), told: /User\.Read\.All/ },
  {
    what: "a secret",
    change: set(app, { passwordCredentials: [{ keyId: "1" }] }),
    told: /1 secrets or certificates/,
    stays: true,
  },
  {
    what: "a certificate",
    change: set(app, { keyCredentials: [{ keyId: "1" }] }),
    told: /1 secrets or certificates/,
    stays: true,
  },
  {
    what: "one more federated credential",
    change: (data) =>
      void data.federatedIdentityCredentials.push({
        id: "1",
        appObjectId: app(data).id,
        name: "other",
        issuer: "i",
        subject: "s",
        audiences: [],
      }),
    told: /other is none of ours/,
    stays: true,
  },
  {
    what: "consent to another API",
    change: (data) =>
      void data.oauth2PermissionGrants.push({
        id: "1",
        clientId: principal(data).id,
        consentType: "AllPrincipals",
        resourceId: ids.exchange,
        scope: "EWS",
      }),
    told: /EWS/,
    stays: true,
  },
  {
    what: "one more app role",
    change: (data) =>
      void app(data).appRoles?.push({
        id: "1",
        value: "Other",
        displayName: "",
        description: "",
        allowedMemberTypes: [],
        isEnabled: true,
      }),
    told: /role Other/,
    stays: true,
  },
  {
    what: "one more permission of the identity",
    change: (data) =>
      void data.appRoleAssignments.push({
        id: "1",
        principalId: ids.identity,
        resourceId: ids.graph,
        appRoleId: ids.groupReadAll,
      }),
    told: /Group\.Read\.All/,
    stays: true,
  },
];
