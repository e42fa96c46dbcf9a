import * as z from "zod";
import { type ObjectId, objectId } from "../chat/identifiers.ts";
import { getWithRetry, type RetryDeps } from "../graph/get-with-retry.ts";
import type { Graph, GraphReply } from "../graph/graph.ts";
import { toGraphFault } from "../graph/graph-fault.ts";
import { graphPath } from "../graph/graph-path.ts";
import { DirectoryFault, toDirectoryFault } from "./directory-fault.ts";
import type { GroupMembers } from "./group-members.ts";

/** What asking for groups takes. */
export interface GraphGroupMembersDeps extends RetryDeps {
  readonly graph: Graph;
  /** For one request. @default 30000 */
  readonly timeoutInMs?: number;
}

const memberPage = z.object({
  value: z.array(z.object({ id: z.string().toLowerCase().pipe(objectId) })),
  "@odata.nextLink": z.string().optional(),
});
/** Entra's largest page of a relationship. */
const pageSize = "999";
/** A million members: whoever sends more pages sends them in a circle. */
const mostPages = 1001;

/**
 * Groups by Microsoft Graph. Needs `GroupMember.Read.All`. Its GETs are tried again by themselves.
 * https://learn.microsoft.com/graph/api/group-list-transitivemembers
 */
export class GraphGroupMembers implements GroupMembers {
  readonly #deps: GraphGroupMembersDeps;

  constructor(deps: GraphGroupMembersDeps) {
    this.#deps = deps;
  }

  /** As the port says. @throws DirectoryFault, or NoCompleteAnswer and RequestNotSent of the client. */
  async membersOf(group: ObjectId, signal?: AbortSignal): Promise<ReadonlySet<ObjectId>> {
    const members = new Set<ObjectId>();
    const query = { $select: "id", $top: pageSize };
    let reply = await this.#get(graphPath`/groups/${group}/transitiveMembers`, query, signal);
    for (let page = 1; page <= mostPages; page += 1) {
      if (reply.status !== 200) throw toGroupFault(reply);
      const { value, "@odata.nextLink": next } = memberPage.parse(reply.body);
      for (const { id } of value) members.add(id);
      if (next === undefined) return members;
      reply = await this.#get(next, {}, signal);
    }
    throw new DirectoryFault("endless", reply);
  }

  #get(path: string, query: Record<string, string>, signal: AbortSignal | undefined): Promise<GraphReply> {
    const { graph, timeoutInMs = 30_000 } = this.#deps;
    return getWithRetry(graph, { path, query, timeoutInMs, signal }, this.#deps);
  }
}

function toGroupFault(reply: GraphReply): DirectoryFault {
  const { status, code } = toGraphFault(reply);
  if (status === 404 && code === "Request_ResourceNotFound") return new DirectoryFault("no-such-group", reply);
  if (status === 403 && code !== "") return new DirectoryFault("groups-not-permitted", reply);
  return toDirectoryFault(reply);
}
