import { toRevokedClaims } from "../entra/revoked-claims.ts";
import type { TokenBook, TokenCheck } from "../entra/token-book.ts";
import type { Clock } from "../stand-ins/clock.ts";
import type { StandInService } from "../stand-ins/service-listener.ts";
import type { Reply, StandInRequest } from "../stand-ins/stand-in-request.ts";
import type { SecretCall } from "./secret-operations.ts";
import * as operations from "./secret-operations.ts";
import type { SecretStore } from "./secret-store.ts";
import { toVaultError, toVaultRefusal, VaultRefusal } from "./vault-refusal.ts";

/** What Key Vault's stand-in is made of. */
export interface KeyVaultParts {
  readonly store: SecretStore;
  readonly tokens: Pick<TokenBook, "check">;
  readonly clock: Clock;
  /** `https://localhost:{port}/{tenant}`: where the challenge sends clients for a token. */
  readonly authority: string;
}

const RESOURCE = "https://vault.azure.net";

/** Key Vault's secrets API, as a service behind a listener. Source: learn.microsoft.com/rest/api/keyvault/secrets. */
export function createKeyVaultService(parts: KeyVaultParts): StandInService {
  return {
    bodyLimitInBytes: 200_000,
    answer(request) {
      try {
        return answer(parts, request);
      } catch (error) {
        if (error instanceof VaultRefusal) return toVaultError(error);
        throw error;
      }
    },
    tooLarge: () => toVaultError(toVaultRefusal(413)),
    toError: (status, code, message) => toVaultError(toVaultRefusal(status, code, message)),
  };
}

function answer({ store, tokens, clock, authority }: KeyVaultParts, request: StandInRequest): Reply {
  const check = tokens.check(request.headers.authorization, "vault");
  if (check !== "good") return toChallenge(check, authority, clock);
  const { searchParams: query, origin, pathname } = request.url;
  if (query.get("api-version") === null) {
    throw new VaultRefusal(400, "BadParameter", "api-version must be specified in the query string.");
  }
  const call: SecretCall = { store, vaultUrl: origin, query, json: request.json(), nowInMs: clock.now() };
  const reply = route(call, request.method, parsePath(pathname));
  if (reply === undefined) throw new VaultRefusal(404, "NotFound", "The stand-in for Key Vault has no such operation.");
  return reply;
}

function parsePath(pathname: string): string[] {
  try {
    return pathname.split("/").slice(1).map(decodeURIComponent);
  } catch {
    throw new VaultRefusal(400, "BadParameter", "The path is not well encoded.");
  }
}

function route(call: SecretCall, method: string, path: readonly string[]): Reply | undefined {
  const [collection, name = "", third = "", ...rest] = path;
  if (rest.length > 0) return undefined;
  if (collection === "deletedsecrets") return routeDeleted(call, method, name, third);
  if (collection !== "secrets") return undefined;
  if (name === "") return method === "GET" ? operations.listSecrets(call) : undefined;
  if (method === "GET" && third === "versions") return operations.listVersions(call, name);
  if (method === "GET") return operations.getSecret(call, name, third);
  if (method === "PATCH") return operations.updateSecret(call, name, third);
  if (third !== "") return undefined;
  if (method === "PUT") return operations.setSecret(call, name);
  return method === "DELETE" ? operations.deleteSecret(call, name) : undefined;
}

function routeDeleted(call: SecretCall, method: string, name: string, third: string): Reply | undefined {
  if (name === "") return method === "GET" ? operations.listDeletedSecrets(call) : undefined;
  if (third === "recover") return method === "POST" ? operations.recoverSecret(call, name) : undefined;
  if (third !== "") return undefined;
  if (method === "GET") return operations.getDeletedSecret(call, name);
  return method === "DELETE" ? operations.purgeSecret(call, name) : undefined;
}

// The client learns from the challenge where and for which resource to ask for a token. A token that was revoked before
// its time is challenged with claims (continuous access evaluation), else the client would go on with it out of its cache.
function toChallenge(check: Exclude<TokenCheck, "good">, authority: string, clock: Clock): Reply {
  const parts = [`authorization="${authority}"`, `resource="${RESOURCE}"`];
  if (check === "revoked") parts.push(`error="insufficient_claims"`, `claims="${toRevokedClaims(clock.now())}"`);
  const text = check === "missing" ? "AKV10000: Request is missing a Bearer or PoP token." : MESSAGES[check];
  const reply = toVaultError(new VaultRefusal(401, "Unauthorized", text));
  return { ...reply, headers: { "www-authenticate": `Bearer ${parts.join(", ")}` } };
}

const MESSAGES: Readonly<Record<Exclude<TokenCheck, "good" | "missing">, string>> = {
  unknown: "AKV10005: Token signature is not valid.",
  expired: "AKV10046: The token is expired.",
  revoked: "AKV10096: The token has been revoked.",
  "other-audience": "AKV10022: Invalid audience.",
};
