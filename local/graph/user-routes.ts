import type { Json, JsonObject } from "../stand-ins/json.ts";
import type { GraphCall, GraphRoute } from "./graph-call.ts";
import { toPage } from "./graph-call.ts";
import { badRequest, GraphRefusal } from "./graph-refusal.ts";
import { findMailbox, findPerson } from "./mailbox-access.ts";
import type { Filter } from "./odata/filter.ts";
import { matchesFilter } from "./odata/filter-match.ts";
import type { QueryOptions } from "./odata/query-options.ts";
import { parseQueryOptions } from "./odata/query-options.ts";
import type { Person } from "./people.ts";

const PAGE_SIZES = { usual: 100, most: 999 };
/** What Graph gives without `$select`; proxyAddresses is not among it. */
const USUAL = ["businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone"].concat([
  "officeLocation",
  "preferredLanguage",
  "surname",
  "userPrincipalName",
  "id",
]);
const SELECTABLE = new Set([...USUAL, "proxyAddresses", "accountEnabled", "userType", "otherMails"]);
const FILTERABLE = new Set(["id", "userPrincipalName", "mail", "displayName", "accountEnabled"]);

/** The directory: `/users`, for which the app has `User.Read.All`. */
export const userRoutes: readonly GraphRoute[] = [
  { method: "GET", path: "users", handle: listUsers },
  { method: "GET", path: "users/:user", handle: getUser },
  { method: "GET", path: "users/:user/settings/exchange", handle: getExchangeSettings },
];

function listUsers(call: GraphCall): ReturnType<GraphRoute["handle"]> {
  const options = parseQueryOptions(call.request.url.searchParams, PAGE_SIZES);
  if (options.orderBy.length > 0) throw badRequest("Sorting users is not modelled by the stand-in.");
  if (options.filter !== undefined) checkFilter(options.filter);
  const found = call.people.list().filter((person) => options.filter === undefined || fits(person, options.filter));
  const entries = found.slice(options.skip, options.skip + options.top).map((person) => toView(person, options));
  const { skip, wantsCount } = options;
  return toPage(call, { context: "users", entries, total: found.length, skip, wantsCount });
}

function getUser(call: GraphCall): ReturnType<GraphRoute["handle"]> {
  const view = toView(findPerson(call), parseQueryOptions(call.request.url.searchParams, PAGE_SIZES));
  return { status: 200, body: { "@odata.context": `${call.base}/$metadata#users/$entity`, ...view } };
}

// primaryMailboxId tells a mailbox that was made anew from the one before it, as the root folder's id does.
function getExchangeSettings(call: GraphCall): ReturnType<GraphRoute["handle"]> {
  const { ids, owner } = findMailbox(call);
  const primaryMailboxId = `MBX:${ids.toFolderId(0).slice(-32)}@${owner.id}`;
  return { status: 200, body: { primaryMailboxId, inPlaceArchiveMailboxId: null } };
}

function fits(person: Person, filter: Filter): boolean {
  // Entra compares names and addresses without regard to case, but the kind before a proxy address (SMTP: the main one,
  // smtp: the others) as it is stored; the stand-in takes the whole of it literally, the stricter reading.
  return matchesFilter(
    filter,
    (path) => toProperties(person)[path],
    (path) => path.startsWith("proxyAddresses"),
  );
}

function checkFilter(filter: Filter): void {
  switch (filter.kind) {
    case "and":
    case "or":
      for (const part of filter.parts) checkFilter(part);
      return;
    case "not":
      checkFilter(filter.part);
      return;
    case "any":
      checkProxyFilter(filter);
      return;
    case "compare":
    case "text":
      if (!FILTERABLE.has(filter.path))
        throw unsupported(`Unsupported or invalid query filter clause: ${filter.path}.`);
  }
}

function checkProxyFilter({ path, variable, part }: Filter & { kind: "any" }): void {
  if (path === "proxyAddresses" && part.kind === "compare" && part.path === variable && part.op === "eq") return;
  throw unsupported("Of lambda filters the stand-in models proxyAddresses/any(p:p eq '...') only.");
}

function unsupported(message: string): GraphRefusal {
  return new GraphRefusal(400, "Request_UnsupportedQuery", message);
}

function toProperties(person: Person): JsonObject {
  const { id, userPrincipalName, mail, displayName, proxyAddresses } = person;
  return { id, userPrincipalName, mail, displayName, proxyAddresses, accountEnabled: true };
}

function toView(person: Person, { select = USUAL }: QueryOptions): JsonObject {
  const unknown = select.find((name) => !SELECTABLE.has(name));
  if (unknown !== undefined) {
    throw badRequest(`Could not find a property named '${unknown}' on type 'microsoft.graph.user' to select.`);
  }
  const properties = toProperties(person);
  const isGuest = person.userPrincipalName.includes("#EXT#");
  const others: JsonObject = { businessPhones: [], otherMails: [], userType: isGuest ? "Guest" : "Member" };
  return Object.fromEntries(select.map((name): [string, Json] => [name, properties[name] ?? others[name] ?? null]));
}
