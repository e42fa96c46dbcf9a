import { z } from "zod";
import type { Reply, StandInRequest } from "../stand-ins/stand-in-request.ts";
import type { GraphState } from "./graph-call.ts";

const changeSchema = z.strictObject({
  mailbox: z.enum(["ok", "none", "disabled"]).optional(),
  isInScope: z.boolean().optional(),
  isFull: z.boolean().optional(),
});

/**
 * Control requests about people and mailboxes: `POST users/{id}` {mailbox, isInScope, isFull}, `DELETE users/{id}`,
 * `POST users/{id}/recreate`. Undefined: none of these. Throws ZodError for a body that is no change.
 */
export function answerMailControl(
  { people, store }: GraphState,
  method: string,
  path: string,
  request: StandInRequest,
): Reply | undefined {
  const [, id, action] = /^users\/([^/]+)(?:\/(recreate))?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const person = people.find(decodeURIComponent(id));
  if (person === undefined) return { status: 404, body: { error: "no such user" } };
  if (method === "POST" && action === "recreate") {
    store.recreate(person.id);
    return { status: 204 };
  }
  if (method === "DELETE" && action === undefined) {
    people.remove(person.id);
    return { status: 204 };
  }
  if (method !== "POST" || action !== undefined) return undefined;
  people.change(person.id, withoutUndefined(changeSchema.parse(request.json())));
  return { status: 204 };
}

type Change = z.output<typeof changeSchema>;

function withoutUndefined({ mailbox, isInScope, isFull }: Change): Parameters<GraphState["people"]["change"]>[1] {
  return {
    ...(mailbox === undefined ? {} : { mailbox }),
    ...(isInScope === undefined ? {} : { isInScope }),
    ...(isFull === undefined ? {} : { isFull }),
  };
}
