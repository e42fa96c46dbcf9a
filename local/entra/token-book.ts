import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../stand-ins/clock.ts";

/** Which stand-in a token is for. */
export type Audience = "graph" | "vault";

/** Whether a token is good, and if not, why. */
export type TokenCheck = "good" | "missing" | "unknown" | "expired" | "revoked" | "other-audience";

/** The tokens that Entra's stand-in has issued. The stand-ins of Graph and Key Vault ask it. */
export interface TokenBook {
  /** Issues a token that is good for `lifetimeInMs`. */
  issue(audience: Audience, clientId: string, lifetimeInMs: number): string;
  /** Checks an `Authorization` header. */
  check(authorization: string | undefined, audience: Audience): TokenCheck;
  /** Makes every token issued so far useless, as when an administrator revokes the app's sessions. */
  revokeAll(): void;
  /** Makes every token issued so far one whose time is over. */
  expireAll(): void;
  /** The application permissions on Graph that an admin has granted: in each token for it from now on. */
  grant(roles: readonly string[]): void;
}

/** Whose tokens they are. */
export interface TokenIssuer {
  readonly tenantId?: string;
}

/** What the connector needs of Entra: mailboxes are given in Exchange. */
const usualRoles: readonly string[] = ["User.Read.All"];

interface Claims {
  readonly audience: Audience;
  readonly serial: number;
  readonly expiresAt: number;
}

/**
 * Makes an empty book. Its tokens look like the real ones (three parts with dots, readable claims) and carry a
 * signature that only this book can make.
 */
export function createTokenBook(
  clock: Clock,
  { tenantId }: TokenIssuer = {},
  secret: Buffer = randomBytes(32),
): TokenBook {
  const issued = new Map<string, Claims>();
  let roles = usualRoles;
  let serial = 0;
  let revokedUpTo = 0;
  let expiredUpTo = 0;
  return {
    issue(audience, clientId, lifetimeInMs) {
      forgetExpired(issued, clock.now());
      serial += 1;
      const expiresAt = clock.now() + lifetimeInMs;
      const content = { audience, clientId, tenantId, serial, issuedAt: clock.now(), expiresAt };
      const token = toToken({ ...content, roles: audience === "graph" ? roles : undefined }, secret);
      issued.set(token, { audience, serial, expiresAt });
      return token;
    },
    check(authorization, audience) {
      const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
      if (token === undefined) return "missing";
      if (!isSigned(token, secret)) return "unknown";
      const claims = issued.get(token);
      if (claims === undefined || claims.serial <= expiredUpTo || claims.expiresAt <= clock.now()) return "expired";
      if (claims.serial <= revokedUpTo) return "revoked";
      return claims.audience === audience ? "good" : "other-audience";
    },
    revokeAll: () => {
      revokedUpTo = serial;
    },
    expireAll: () => {
      expiredUpTo = serial;
    },
    grant: (granted) => {
      roles = granted;
    },
  };
}

function forgetExpired(issued: Map<string, Claims>, now: number): void {
  for (const [token, { expiresAt }] of issued) if (expiresAt <= now) issued.delete(token);
}

const AUDIENCES: Record<Audience, string> = { graph: "https://graph.microsoft.com", vault: "https://vault.azure.net" };

interface TokenContent extends Claims {
  readonly clientId: string;
  readonly tenantId: string | undefined;
  readonly roles: readonly string[] | undefined;
  readonly issuedAt: number;
}

/** Names of the claims: learn.microsoft.com/entra/identity-platform/access-token-claims-reference. JSON leaves out what is undefined. */
function toToken(content: TokenContent, secret: Buffer): string {
  const { audience, clientId, tenantId, roles, serial, issuedAt, expiresAt } = content;
  const times = {
    iat: Math.floor(issuedAt / 1000),
    nbf: Math.floor(issuedAt / 1000),
    exp: Math.floor(expiresAt / 1000),
  };
  const head = toPart({ typ: "JWT", alg: "HS256" });
  const who = { appid: clientId, oid: toPrincipal(clientId), tid: tenantId, roles };
  const claims = toPart({ aud: AUDIENCES[audience], ...who, uti: `stand-in-${serial}`, ver: "1.0", ...times });
  return `${head}.${claims}.${sign(`${head}.${claims}`, secret)}`;
}

/** Object id of an app's service principal: another one than the app's. */
function toPrincipal(clientId: string): string {
  const hex = createHash("sha256").update(clientId).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function toPart(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(text: string, secret: Buffer): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

function isSigned(token: string, secret: Buffer): boolean {
  const dot = token.lastIndexOf(".");
  const given = Buffer.from(token.slice(dot + 1));
  const expected = Buffer.from(sign(token.slice(0, dot), secret));
  return given.length === expected.length && timingSafeEqual(given, expected);
}
