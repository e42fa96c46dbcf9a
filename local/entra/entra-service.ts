import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../stand-ins/clock.ts";
import type { JsonObject } from "../stand-ins/json.ts";
import type { StandInService } from "../stand-ins/service-listener.ts";
import type { Reply, StandInRequest } from "../stand-ins/stand-in-request.ts";
import type { Audience, TokenBook } from "./token-book.ts";

/** An application that may get tokens. */
export interface EntraApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What Entra's stand-in is made of. */
export interface EntraParts {
  readonly tenantId: string;
  readonly apps: readonly EntraApp[];
  readonly tokens: TokenBook;
  readonly clock: Clock;
  readonly tokenLifetimeInMs: number;
  /** Which stand-in a resource such as `https://vault.azure.net` means. */
  readonly resources: ReadonlyMap<string, Audience>;
}

/** Entra's token endpoint, as a service behind a listener. Source: learn.microsoft.com/entra, client credentials flow. */
export function createEntraService(parts: EntraParts): StandInService {
  return {
    bodyLimitInBytes: 64_000,
    answer: (request) => answer(parts, request),
    tooLarge: () => toEntraError(parts, 413, "invalid_request", 90_000, "The request is too large."),
    toError: (status, code, message) =>
      toEntraError(
        parts,
        status,
        code ?? "temporarily_unavailable",
        90_033,
        message ?? "A transient error has occurred.",
      ),
    control: (method, path, request) => answerTokenControl(parts.tokens, method, path, request.json()),
  };
}

const grantSchema = z.object({ roles: z.array(z.string()) });

/** `POST tokens/expire` and `POST tokens/revoke` end every token that was issued so far; `PUT roles` grants others. */
function answerTokenControl(
  tokens: TokenBook,
  method: string,
  path: string,
  body: JsonObject | undefined,
): Reply | undefined {
  if (method === "PUT" && path === "roles") {
    tokens.grant(grantSchema.parse(body).roles);
    return { status: 204 };
  }
  if (method !== "POST") return undefined;
  if (path === "tokens/expire") tokens.expireAll();
  else if (path === "tokens/revoke") tokens.revokeAll();
  else return undefined;
  return { status: 204 };
}

function answer(parts: EntraParts, request: StandInRequest): Reply {
  const [, tenant = "", ...rest] = request.url.pathname.split("/");
  if (tenant !== parts.tenantId) {
    return toEntraError(parts, 400, "invalid_request", 90_002, `Tenant '${tenant}' not found.`);
  }
  switch (`${request.method} ${rest.join("/")}`) {
    case "GET v2.0/.well-known/openid-configuration":
      return { status: 200, body: toMetadata(request.url.origin, tenant) };
    case "GET discovery/v2.0/keys":
      return { status: 200, body: { keys: [] } };
    case "POST oauth2/v2.0/token":
      return issueToken(parts, new URLSearchParams(request.bytes.toString("utf8")));
    default:
      return {
        status: 404,
        body: { error: "not_found", error_description: "The stand-in for Entra has no such page." },
      };
  }
}

function toMetadata(origin: string, tenant: string): JsonObject {
  const base = `${origin}/${tenant}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    token_endpoint_auth_methods_supported: ["client_secret_post"],
    response_types_supported: ["code"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    tenant_region_scope: null,
    cloud_instance_name: new URL(origin).host,
  };
}

function issueToken(parts: EntraParts, form: URLSearchParams): Reply {
  if (form.get("grant_type") !== "client_credentials") {
    return toEntraError(parts, 400, "unsupported_grant_type", 70_003, "The app requested an unsupported grant type.");
  }
  const clientId = form.get("client_id") ?? "";
  const app = parts.apps.find((each) => each.clientId === clientId);
  if (app === undefined) {
    const message = `Application with identifier '${clientId}' was not found in the directory.`;
    return toEntraError(parts, 400, "unauthorized_client", 700_016, message);
  }
  if (!isSameSecret(form.get("client_secret") ?? "", app.clientSecret)) {
    const message = `Invalid client secret provided. Ensure the secret being sent is the client secret value, for app '${clientId}'.`;
    return toEntraError(parts, 401, "invalid_client", 7_000_215, message);
  }
  return issueFor(parts, clientId, form.get("scope") ?? "");
}

function issueFor(parts: EntraParts, clientId: string, scope: string): Reply {
  if (!scope.endsWith("/.default") || scope.includes(" ")) {
    return toEntraError(parts, 400, "invalid_scope", 1_002_012, `The provided value for scope ${scope} is not valid.`);
  }
  const resource = scope.slice(0, -"/.default".length);
  const audience = parts.resources.get(resource.replace(/\/$/, ""));
  if (audience === undefined) {
    const message = `The resource principal named ${resource} was not found in the tenant.`;
    return toEntraError(parts, 400, "invalid_resource", 500_011, message);
  }
  const seconds = Math.floor(parts.tokenLifetimeInMs / 1000);
  const access_token = parts.tokens.issue(audience, clientId, parts.tokenLifetimeInMs);
  return {
    status: 200,
    headers: { "cache-control": "no-store" },
    body: { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token },
  };
}

function isSameSecret(given: string, expected: string): boolean {
  const [left, right] = [given, expected].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function toEntraError({ clock }: EntraParts, status: number, error: string, number: number, message: string): Reply {
  const timestamp = `${new Date(clock.now()).toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: ${message} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
    },
  };
}
