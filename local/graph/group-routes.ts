import type { GraphCall, GraphRoute } from "./graph-call.ts";
import { toPage } from "./graph-call.ts";
import { badRequest, GraphRefusal, notModelled } from "./graph-refusal.ts";
import { parseQueryOptions } from "./odata/query-options.ts";

const PAGE_SIZES = { usual: 100, most: 999 };

/** Groups, for which the app has `GroupMember.Read.All`: of their members the ids only. */
export const groupRoutes: readonly GraphRoute[] = [
  { method: "GET", path: "groups/:group/transitiveMembers", handle: listMembers },
];

function listMembers(call: GraphCall): ReturnType<GraphRoute["handle"]> {
  const id = call.param("group");
  if (!/^[\w-]{1,64}$/.test(id)) throw badRequest(`Invalid object identifier '${id}'.`);
  const group = call.groups.find(id);
  if (group === undefined) {
    const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
    throw new GraphRefusal(404, "Request_ResourceNotFound", message);
  }
  const { select, skip, top, wantsCount } = parseQueryOptions(call.request.url.searchParams, PAGE_SIZES);
  if (select?.join() !== "id") throw notModelled("members of groups by anything but $select=id");
  const all = call.groups.membersOf(group);
  const entries = all.slice(skip, skip + top).map((member) => ({
    "@odata.type": call.groups.find(member) === undefined ? "#microsoft.graph.user" : "#microsoft.graph.group",
    id: member,
  }));
  return toPage(call, { context: "directoryObjects(id)", entries, total: all.length, skip, wantsCount });
}
