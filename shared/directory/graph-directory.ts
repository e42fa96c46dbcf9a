import * as z from "zod";
import { type MailboxAddress, objectId } from "../chat/identifiers.ts";
import { getWithRetry, type RetryDeps } from "../graph/get-with-retry.ts";
import type { Graph, GraphReply } from "../graph/graph.ts";
import { toGraphFault } from "../graph/graph-fault.ts";
import { graphPath, odataString } from "../graph/graph-path.ts";
import type { Directory, DirectoryAnswer, DirectoryUser, MailboxState } from "./directory.ts";
import { toDirectoryFault } from "./directory-fault.ts";

/** What looking people up takes. */
export interface GraphDirectoryDeps extends RetryDeps {
  readonly graph: Graph;
  /** For one request. @default 30000 */
  readonly timeoutInMs?: number;
}

const userFields = "id,mail,userPrincipalName,displayName";
const user = z
  .object({
    id: z.string().toLowerCase().pipe(objectId),
    mail: z.string().nullish(),
    userPrincipalName: z.string(),
    displayName: z.string().nullish(),
  })
  .transform(toUser);
const userPage = z.object({ value: z.array(user), "@odata.nextLink": z.string().optional() });
const rootFolder = z.object({ id: z.string().min(1) });

/** Codes that say that a user has no mailbox the app could use, for good. */
const noMailboxCodes = new Set([
  "MailboxNotEnabledForRESTAPI",
  "MailboxNotSupportedForRESTAPI",
  "ErrorInvalidUser",
  "ResourceNotFound",
  "Request_ResourceNotFound",
]);

/** What Entra takes without complaint (RFC 5322's atext); another address may be refused for its letters alone. */
const plainAddress = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d.-]+$/i;

/** The directory by Microsoft Graph. Needs `User.Read.All`. Its GETs are tried again by themselves. */
export class GraphDirectory implements Directory {
  readonly #deps: GraphDirectoryDeps;

  constructor(deps: GraphDirectoryDeps) {
    this.#deps = deps;
  }

  /** As the port says. @throws DirectoryFault, or NoCompleteAnswer and RequestNotSent of the client. */
  async find(address: MailboxAddress, signal?: AbortSignal): Promise<DirectoryAnswer> {
    const users = await this.#findUsers(address, signal);
    const [only] = users;
    if (only === undefined) return "unknown";
    if (users.some(({ oid }) => oid !== only.oid)) return "ambiguous";
    return { user: only, mailbox: await this.#findMailbox(only, signal) };
  }

  /** Proxy addresses hold their kind, SMTP: for the main one and smtp: for others, and are compared with it. */
  async #findUsers(address: MailboxAddress, signal?: AbortSignal): Promise<DirectoryUser[]> {
    const byName = await this.#findByName(address, signal);
    if (byName !== undefined) return [byName];
    for (const filter of [
      `mail eq ${odataString(address)}`,
      `proxyAddresses/any(p:p eq ${odataString(`smtp:${address}`)})`,
      `proxyAddresses/any(p:p eq ${odataString(`SMTP:${address}`)})`,
    ]) {
      const users = await this.#filter(filter, address, signal);
      if (users.length > 0) return users;
    }
    return [];
  }

  async #findByName(address: MailboxAddress, signal?: AbortSignal): Promise<DirectoryUser | undefined> {
    const reply = await this.#get(graphPath`/users/${address}`, { $select: userFields }, signal);
    if (reply.status === 200) return user.parse(reply.body);
    const { code } = toGraphFault(reply);
    if (reply.status === 404 && noMailboxCodes.has(code)) return undefined;
    // An address that can be no user principal name is a 400; as a mail address it may still be somebody's.
    if (reply.status === 400 && code !== "") return undefined;
    throw toDirectoryFault(reply);
  }

  async #filter(filter: string, address: MailboxAddress, signal?: AbortSignal): Promise<DirectoryUser[]> {
    const found: DirectoryUser[] = [];
    let reply = await this.#get("/users", { $filter: filter, $select: userFields }, signal);
    for (;;) {
      if (reply.status === 400 && toGraphFault(reply).code !== "" && !plainAddress.test(address)) return [];
      if (reply.status !== 200) throw toDirectoryFault(reply);
      const page = userPage.parse(reply.body);
      found.push(...page.value);
      const next = page["@odata.nextLink"];
      // A page may be empty and yet have a next one; two users are enough to know.
      if (next === undefined || found.length > 1) return found;
      reply = await this.#get(next, {}, signal);
    }
  }

  async #findMailbox({ oid }: DirectoryUser, signal?: AbortSignal): Promise<MailboxState> {
    const reply = await this.#get(graphPath`/users/${oid}/mailFolders/msgfolderroot`, { $select: "id" }, signal);
    if (reply.status === 200) return { state: "ok", rootId: rootFolder.parse(reply.body).id };
    const { code } = toGraphFault(reply);
    if (reply.status < 500 && noMailboxCodes.has(code)) return { state: "none" };
    if (reply.status === 403 && code === "ErrorAccessDenied") return { state: "out-of-scope" };
    throw toDirectoryFault(reply);
  }

  #get(path: string, query: Record<string, string>, signal: AbortSignal | undefined): Promise<GraphReply> {
    const { graph, timeoutInMs = 30_000 } = this.#deps;
    return getWithRetry(graph, { path, query, timeoutInMs, signal }, this.#deps);
  }
}

function toUser(found: {
  id: DirectoryUser["oid"];
  mail?: string | null | undefined;
  userPrincipalName: string;
  displayName?: string | null | undefined;
}): DirectoryUser {
  const address = found.mail || found.userPrincipalName;
  return { oid: found.id, address, displayName: found.displayName || address };
}
