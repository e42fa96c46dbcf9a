import type { ObjectId } from "../../shared/chat/identifiers.ts";
import type { GroupMembers } from "../../shared/directory/group-members.ts";

/** Groups in memory. A group that is not there is a fault, as in Entra. */
export class MemoryGroups implements GroupMembers {
  readonly members = new Map<ObjectId, readonly ObjectId[]>();

  async membersOf(group: ObjectId): Promise<ReadonlySet<ObjectId>> {
    const members = this.members.get(group);
    if (members === undefined) throw new Error("there is no such group");
    return new Set(members);
  }
}
