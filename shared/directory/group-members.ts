import type { ObjectId } from "../chat/identifiers.ts";

/** Entra's groups. */
export interface GroupMembers {
  /**
   * Object ids of everybody in a group, those in groups within it included. Ids that are no users' may be among them.
   *
   * @throws when there is no whole answer: then try later, and never take the group for empty.
   */
  membersOf(group: ObjectId, signal?: AbortSignal): Promise<ReadonlySet<ObjectId>>;
}
