import * as z from "zod";
import { isLaptop } from "../config/is-laptop.ts";
import type { HttpAsk } from "./http-message.ts";
import { isOverLoopback } from "./loopback.ts";

/** What somebody may do: "admin" includes "reader". */
export type Role = "admin" | "reader";

/** Who asks. */
export interface Principal {
  /** As the audit log has it: `entra:<object id>@<tenant id>` or `development:<role>`. */
  readonly id: string;
  /** For the page's corner only; never logged or stored. */
  readonly name: string | undefined;
  readonly role: Role;
}

/** Who asks: somebody with a role; somebody who has signed in and has none; or nobody that is known. */
export type Asker = Principal | "without-role" | "nobody";

type Environment = Readonly<Record<string, string | undefined>>;

/** Claim types, as App Service Authentication writes them; each by its long name or by the token's own. */
const claimTypes = {
  role: ["roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"],
  objectId: ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"],
  tenantId: ["http://schemas.microsoft.com/identity/claims/tenantid", "tid"],
  name: ["name"],
} as const;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A header that came twice is joined by a comma, and so is none of these. */
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

const clientPrincipal = z.object({
  auth_typ: z.literal("aad"),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});
type Claims = z.infer<typeof clientPrincipal>["claims"];

/**
 * Says who asks. The header x-ms-client-principal is believed only while the platform says that its sign-in is on: it then
 * takes the caller's own header away (learn.microsoft.com/azure/app-service/configure-authentication-user-identities).
 * Whatever is odd about it makes the asker nobody.
 */
export function toAsker(environment: Environment, ask: Pick<HttpAsk, "headers" | "url">): Asker {
  if (isTrue(environment["WEBSITE_AUTH_ENABLED"])) return fromHeader(ask.headers.get("x-ms-client-principal"));
  return toDeveloper(environment, ask) ?? "nobody";
}

function fromHeader(header: string | null): Asker {
  const claims = readClaims(header);
  const objectId = onlyValue(claims, claimTypes.objectId);
  const tenantId = onlyValue(claims, claimTypes.tenantId);
  if (objectId === undefined || tenantId === undefined || !uuid.test(objectId) || !uuid.test(tenantId)) return "nobody";
  const role = toRole(valuesOf(claims, claimTypes.role));
  if (role === undefined) return "without-role";
  const id = `entra:${objectId.toLowerCase()}@${tenantId.toLowerCase()}`;
  return { id, name: onlyValue(claims, claimTypes.name), role };
}

function readClaims(header: string | null): Claims {
  if (header === null || !base64.test(header)) return [];
  const parsed = clientPrincipal.safeParse(parseJson(Buffer.from(header, "base64").toString()));
  return parsed.success ? parsed.data.claims : [];
}

function valuesOf(claims: Claims, types: readonly string[]): readonly string[] {
  return claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
}

/** undefined when there is none, or when there are several: then it is not known which is true. */
function onlyValue(claims: Claims, types: readonly string[]): string | undefined {
  const values = new Set(valuesOf(claims, types));
  const [value] = values;
  return values.size === 1 ? value : undefined;
}

function toRole(roles: readonly string[]): Role | undefined {
  if (roles.includes("Connector.Admin")) return "admin";
  return roles.includes("Connector.Reader") ? "reader" : undefined;
}

/** PORTAL_DEVELOPMENT_ROLE: works where nothing says that this is Azure, and for calls of the machine to itself. */
function toDeveloper(environment: Environment, ask: Pick<HttpAsk, "headers" | "url">): Asker | undefined {
  const role = environment["PORTAL_DEVELOPMENT_ROLE"];
  if (role !== "admin" && role !== "reader") return undefined;
  if (!isLaptop(environment) || !isOverLoopback(ask)) return undefined;
  return { id: `development:${role}`, name: undefined, role };
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
