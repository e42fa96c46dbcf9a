import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Options, Outputs } from "./options.ts";

const appRole = z.object({
  id: z.guid(),
  value: z.string(),
  displayName: z.string(),
  description: z.string(),
  allowedMemberTypes: z.array(z.string()),
  isEnabled: z.boolean(),
});

/** A role that people can have in the admin's page. */
export type AppRole = z.infer<typeof appRole>;

/** Microsoft Graph's client id, in every tenant of every cloud. */
export const graphAppId = "00000003-0000-0000-c000-000000000000";

/** What the app may ask of Graph for itself, and what each is for. */
const graphRoles = {
  "User.Read.All": "look people up",
  // Wanted only by whoever says so: most connectors import everybody's chats, or have a list.
  "GroupMember.Read.All": "see who is in the group that is a hold list",
} as const;

/** A permission on Graph that registering gives. */
export type GraphRole = keyof typeof graphRoles;

/** What the app does with a permission; undefined for one that is none of ours. */
export function purposeOf(role: string): string | undefined {
  return Object.entries(graphRoles).find(([name]) => name === role)?.[1];
}

/** What App Service asks for when somebody signs in. */
export const signInScopes = ["openid", "profile", "email"] as const;

/** How the registration of one environment has to be. */
export interface Registration {
  /** Under which Entra finds it again, whatever it is called: the function app's name, which nobody else in Azure has. */
  readonly uniqueName: string;
  readonly displayName: string;
  readonly redirectUris: readonly string[];
  readonly roles: readonly AppRole[];
  /** Lets the app's identity stand in for a client secret. */
  readonly credential: {
    readonly name: string;
    readonly issuer: string;
    readonly subject: string;
    readonly audiences: readonly string[];
  };
  /** What the app's identity may ask of Graph. */
  readonly graphRoles: readonly GraphRole[];
  readonly identity: { readonly clientId: string; readonly principalId: string };
}

/** How the registration has to be in this tenant. */
export function toRegistration(
  outputs: Outputs,
  options: Pick<Options, "cloud" | "otherUrls" | "readsGroups">,
  tenant: string,
): Registration {
  const { functionAppName, portalUrl, identityClientId, identityPrincipalId } = outputs;
  const urls = [portalUrl, ...options.otherUrls];
  return {
    uniqueName: functionAppName,
    displayName: `ICE Chat archive (${functionAppName})`,
    redirectUris: urls.map((url) => `${url.replace(/\/+$/, "")}/.auth/login/aad/callback`),
    roles: readAppRoles(),
    credential: {
      name: "app-service-sign-in",
      issuer: `${options.cloud.authority}/${tenant}/v2.0`,
      subject: identityPrincipalId,
      audiences: [options.cloud.audience],
    },
    graphRoles: options.readsGroups ? ["User.Read.All", "GroupMember.Read.All"] : ["User.Read.All"],
    identity: { clientId: identityClientId, principalId: identityPrincipalId },
  };
}

function readAppRoles(): AppRole[] {
  const text = readFileSync(join(import.meta.dirname, "../app-roles.json"), "utf8");
  return z.array(appRole).parse(JSON.parse(text));
}
