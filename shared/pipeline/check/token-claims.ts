import * as z from "zod";

/**
 * What an access token says of the app. It is only read, to be shown; the service that gets the token checks it.
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
const tokenClaims = z.object({
  appid: z.string().optional(),
  azp: z.string().optional(),
  oid: z.string().optional(),
  tid: z.string().optional(),
  roles: z.array(z.string()).default([]),
});

/** What an access token says of the app. */
export interface TokenClaims {
  /** Client id. */
  readonly app: string | undefined;
  /** Object id of the service principal. */
  readonly principal: string | undefined;
  readonly tenant: string | undefined;
  /** Application permissions that Entra has granted. */
  readonly roles: readonly string[];
}

/** Reads a token's claims; undefined when it is no JWT, as no service promises that it is. */
export function readClaims(token: string): TokenClaims | undefined {
  const [, payload = ""] = token.split(".");
  const parsed = tokenClaims.safeParse(parseJson(Buffer.from(payload, "base64url").toString()));
  if (!parsed.success) return undefined;
  const { appid, azp, oid, tid, roles } = parsed.data;
  return { app: appid ?? azp, principal: oid, tenant: tid, roles };
}

/** The parser's message would quote the token, so it goes no further. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
