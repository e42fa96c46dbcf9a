import { randomUUID } from "node:crypto";
import type { Clock } from "../../../shared/store/clock.ts";
import { type Answer, type Call, findBy, listed, notFound, one, refused, without } from "./answers.ts";
import { changeApplication } from "./change-application.ts";
import type { DirectoryData, Item } from "./directory-data.ts";

interface Past {
  readonly from: number;
  readonly data: DirectoryData;
}

const applicationDefaults = {
  signInAudience: "AzureADMyOrg",
  identifierUris: [],
  web: { redirectUris: [], implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false } },
  spa: { redirectUris: [] },
  publicClient: { redirectUris: [] },
  api: { requestedAccessTokenVersion: null },
  appRoles: [],
  requiredResourceAccess: [],
  passwordCredentials: [],
  keyCredentials: [],
};
const writable = new Set([
  "displayName",
  "signInAudience",
  "identifierUris",
  "web",
  "spa",
  "publicClient",
  "api",
  "appRoles",
  "requiredResourceAccess",
]);

/**
 * A tenant's directory as far as registrations need it. A write is done at once; whoever reads, and whatever refers to another
 * object, sees the directory as it was `lagInMs` ago, or twice that: so what was just made is not found, and what was just changed looks as before.
 */
export class Directory {
  data: DirectoryData;
  readonly #clock: Clock;
  readonly #lagInMs: number;
  readonly #tenant: string;
  #past: Past[];

  constructor(options: { data: DirectoryData; tenant: string; clock: Clock; lagInMs: number }) {
    this.data = options.data;
    this.#clock = options.clock;
    this.#lagInMs = options.lagInMs;
    this.#tenant = options.tenant;
    this.#past = [{ from: Number.NEGATIVE_INFINITY, data: structuredClone(options.data) }];
  }

  /** Changes made behind the command's back are seen by everybody at once. */
  tamper(change: (data: DirectoryData) => void): void {
    change(this.data);
    this.#past = [{ from: Number.NEGATIVE_INFINITY, data: structuredClone(this.data) }];
  }

  /** Answers one call. */
  handle(call: Call): Answer {
    const answer = this.#route(call);
    if (call.method !== "GET" && answer.status < 300) {
      this.#past.push({ from: this.#clock.now() + this.#lagInMs, data: structuredClone(this.data) });
    }
    return answer;
  }

  /** As readers see it. */
  get seen(): DirectoryData {
    return this.#asOf(this.#clock.now());
  }

  /** As those parts see it that check what a write refers to: later than readers. */
  get referred(): DirectoryData {
    return this.#asOf(this.#clock.now() - this.#lagInMs);
  }

  #asOf(time: number): DirectoryData {
    return this.#past.findLast(({ from }) => from <= time)?.data ?? this.data;
  }

  #route(call: Call): Answer {
    const { method, path } = call;
    const [, kind = "", key = "", rest = ""] = /^\/(\w+)(?:\((\w+='[^']*')\)|(?=\/|$))(.*)$/.exec(path) ?? [];
    const [first = "", ...more] = rest.split("/").filter(Boolean);
    const name = key === "" ? `id='${first}'` : key;
    const part = key === "" ? more.join("/") : [first, ...more].filter(Boolean).join("/");
    if (kind === "organization") return listed([{ id: this.#tenant }]);
    if (kind === "users" || kind === "directoryObjects") return this.#person(decodeURIComponent(first));
    if (kind === "directory") return this.#deleted(method, more);
    if (kind === "oauth2PermissionGrants") return this.#consent(method, call, first);
    if (kind === "applications") return this.#application(call, name, part);
    if (kind === "servicePrincipals") return this.#principal(call, name, part);
    return refused(400, "BadRequest", `Resource not found for the segment '${kind}'.`);
  }

  #person(name: string): Answer {
    const found = this.seen.people.find((one) => one.id === name || one["userPrincipalName"] === name);
    return found === undefined ? notFound(name) : { status: 200, body: found };
  }

  #application(call: Call, key: string, part: string): Answer {
    if (part.startsWith("federatedIdentityCredentials")) return this.#credential(call, key, part);
    if (call.method === "GET") return one(this.seen.applications, key);
    const found = findBy(this.data.applications, key);
    if (call.method === "DELETE") return this.#deleteApplication(found, key);
    if (found === undefined && !call.makesMissing) return notFound(key);
    const unknown = Object.keys(call.body).find((name) => !writable.has(name));
    if (unknown !== undefined) return refused(400, "Request_BadRequest", `Property '${unknown}' cannot be written.`);
    if (found !== undefined) return changeApplication(found, call.body);
    const [, uniqueName = ""] = /^uniqueName='(.*)'$/.exec(key) ?? [];
    if (this.data.deletedApplications.some((one) => one["uniqueName"] === uniqueName)) {
      return refused(
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "A deleted object has the same value for property uniqueName.",
      );
    }
    const made = { ...structuredClone(applicationDefaults), id: randomUUID(), appId: randomUUID(), uniqueName };
    this.data.applications.push(made);
    changeApplication(made, call.body);
    return { status: 201, body: made };
  }

  #deleteApplication(found: Item | undefined, key: string): Answer {
    if (found === undefined) return notFound(key);
    const { data } = this;
    const principals = data.servicePrincipals.filter(({ appId }) => appId === found["appId"]);
    data.applications = without(data.applications, [found]);
    data.deletedApplications.push(found);
    data.servicePrincipals = without(data.servicePrincipals, principals);
    data.deletedServicePrincipals.push(...principals);
    return { status: 204 };
  }

  #credential(call: Call, key: string, part: string): Answer {
    const app = findBy((call.method === "GET" ? this.seen : this.referred).applications, key);
    if (app === undefined) return notFound(key);
    const ofApp = ({ federatedIdentityCredentials: all }: DirectoryData) =>
      all.filter((item) => item["appObjectId"] === app.id);
    if (call.method === "GET") return listed(ofApp(this.seen), call);
    const [, name = ""] = /\(name='([^']*)'\)/.exec(part) ?? [];
    const found = ofApp(this.data).find((item) => item["name"] === name);
    if (found !== undefined) Object.assign(found, call.body);
    else this.data.federatedIdentityCredentials.push({ ...call.body, id: randomUUID(), name, appObjectId: app.id });
    return { status: found === undefined ? 201 : 204 };
  }

  #principal(call: Call, key: string, part: string): Answer {
    const { seen } = this;
    if (part !== "") {
      const owner = findBy(seen.servicePrincipals, key);
      return owner === undefined ? notFound(key) : this.#partOfPrincipal(call, owner, part);
    }
    if (call.method === "GET") return one(seen.servicePrincipals, key);
    const found = findBy(this.data.servicePrincipals, key);
    const [, appId = ""] = /^appId='(.*)'$/.exec(key) ?? [];
    if (found !== undefined) Object.assign(found, call.body);
    else if (!this.referred.applications.some((app) => app["appId"] === appId)) {
      return refused(
        400,
        "NoBackingApplicationObject",
        `The appId '${appId}' of the service principal does not reference a valid application object.`,
      );
    } else {
      const made = {
        appRoles: [],
        oauth2PermissionScopes: [],
        displayName: "",
        servicePrincipalType: "Application",
        accountEnabled: true,
        appRoleAssignmentRequired: false,
        tags: [],
        id: randomUUID(),
        appId,
      };
      this.data.servicePrincipals.push(Object.assign(made, call.body));
    }
    return { status: found === undefined ? 201 : 204 };
  }

  #partOfPrincipal(call: Call, owner: Item, part: string): Answer {
    const [list = "", id] = part.split("/");
    if (list === "oauth2PermissionGrants")
      return listed(
        this.seen.oauth2PermissionGrants.filter((item) => item["clientId"] === owner.id),
        call,
      );
    if (list === "appRoleAssignments" && call.method === "DELETE") {
      const found = this.data.appRoleAssignments.filter((item) => item.id === id);
      this.data.appRoleAssignments = without(this.data.appRoleAssignments, found);
      return found.length === 0 ? notFound(part) : { status: 204 };
    }
    const side = list === "appRoleAssignments" ? "principalId" : "resourceId";
    if (call.method === "GET")
      return listed(
        this.seen.appRoleAssignments.filter((item) => item[side] === owner.id),
        call,
      );
    return this.#assign(call.body);
  }

  #assign(body: Record<string, unknown>): Answer {
    const { principalId, resourceId, appRoleId } = body;
    const principals = [...this.referred.people, ...this.referred.servicePrincipals];
    if (!principals.some(({ id }) => id === principalId)) return notFound(String(principalId));
    const resource = this.referred.servicePrincipals.find(({ id }) => id === resourceId);
    const roles = [resource, this.referred.applications.find((app) => app["appId"] === resource?.["appId"])].flatMap(
      (item) => item?.appRoles ?? [],
    );
    if (!roles.some(({ id }) => id === appRoleId))
      return refused(400, "Request_BadRequest", "Permission being assigned was not found on application");
    const isThere = this.data.appRoleAssignments.some(
      (item) =>
        item["principalId"] === principalId && item["resourceId"] === resourceId && item["appRoleId"] === appRoleId,
    );
    if (isThere) return refused(400, "Request_BadRequest", "Permission being assigned already exists on the object");
    this.data.appRoleAssignments.push({ id: randomUUID(), principalId, resourceId, appRoleId });
    return { status: 201, body: {} };
  }

  #consent(method: string, { body }: Call, id: string): Answer {
    const found = this.data.oauth2PermissionGrants.find((item) => item.id === id);
    if (method === "PATCH" && found !== undefined) {
      Object.assign(found, body);
      return { status: 204 };
    }
    if (method === "PATCH") return notFound(id);
    if (!this.referred.servicePrincipals.some((item) => item.id === body["clientId"]))
      return notFound(String(body["clientId"]));
    const isThere = this.data.oauth2PermissionGrants.some(
      (item) => item["clientId"] === body["clientId"] && item["resourceId"] === body["resourceId"],
    );
    if (isThere) return refused(409, "Request_BadRequest", "Permission entry already exists.");
    this.data.oauth2PermissionGrants.push({ ...body, id: randomUUID() });
    return { status: 201, body: {} };
  }

  #deleted(method: string, [id = "", action]: readonly string[]): Answer {
    const { data, seen } = this;
    if (id === "microsoft.graph.application") return listed(seen.deletedApplications);
    if (id === "microsoft.graph.servicePrincipal") return listed(seen.deletedServicePrincipals);
    const app = data.deletedApplications.find((item) => item.id === id);
    const principal = data.deletedServicePrincipals.find((item) => item.id === id);
    const found = app ?? principal;
    if (found === undefined) return notFound(id);
    data.deletedApplications = without(data.deletedApplications, [found]);
    data.deletedServicePrincipals = without(data.deletedServicePrincipals, [found]);
    if (action === "restore") (app ? data.applications : data.servicePrincipals).push(found);
    else this.#forget(found);
    return { status: method === "POST" ? 200 : 204, ...(method === "POST" ? { body: {} } : {}) };
  }

  #forget({ id }: Item): void {
    const { data } = this;
    data.federatedIdentityCredentials = data.federatedIdentityCredentials.filter((item) => item["appObjectId"] !== id);
    data.oauth2PermissionGrants = data.oauth2PermissionGrants.filter((item) => item["clientId"] !== id);
    data.appRoleAssignments = data.appRoleAssignments.filter(
      (item) => item["resourceId"] !== id && item["principalId"] !== id,
    );
  }
}
