import type { ConnectorName } from "../chat/identifiers.ts";
import type { PeopleChoice } from "../config/connector.ts";
import type { GroupMembers } from "../directory/group-members.ts";
import { readHoldListFile } from "../map/hold-list.ts";
import type { ResolveRules } from "../map/resolve-people.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";

/** What finding out whose chats are imported takes. */
export interface HoldListDeps {
  readonly blobs: Pick<Blobs, "read">;
  readonly groupMembers: GroupMembers;
}

/**
 * Whose mailboxes alone get items, as the connector says; undefined for everybody's. A list that is not there, that has a
 * bad line or none, and a group that cannot be asked for or shows nobody, are faults that are tried again: taken for "nobody"
 * they would leave the whole drop out, and nobody would notice.
 * @throws BrokenState, or what the directory throws
 */
export async function readOnly(
  { blobs, groupMembers }: HoldListDeps,
  name: ConnectorName,
  people: PeopleChoice,
  signal?: AbortSignal,
): Promise<ResolveRules["only"]> {
  if (people.type === "everybody") return undefined;
  if (people.type === "group") {
    const users = await groupMembers.membersOf(people.group, signal);
    if (users.size === 0) throw new BrokenState(`The group that connector ${name} names ${emptyGroup}`);
    return { users };
  }
  const stored = await blobs.read(paths.holdList(name));
  if (stored === undefined) throw toBrokenList(name, "is missing");
  const { entries, faults } = await readHoldListFile([stored.bytes]);
  if (faults.length > 0) {
    const lines = faults.slice(0, 5).map(({ line, reason }) => `line ${line}: ${reason}`);
    throw toBrokenList(name, `cannot be used (${lines.join("; ")})`);
  }
  if (entries.size === 0) throw toBrokenList(name, "is empty");
  return { addresses: Array.from(entries.values(), ({ mailbox }) => mailbox) };
}

/** A hidden membership is shown to an app only that has Member.Read.Hidden (learn.microsoft.com/graph/api/group-list-transitivemembers). */
const emptyGroup =
  "has no members that the app can see. Put people into it (if its membership is hidden, name another group), name a list, or say that everybody's chats are imported.";

function toBrokenList(name: ConnectorName, problem: string): BrokenState {
  return new BrokenState(
    `The hold list of connector ${name} ${problem}. Upload it again, or say that everybody's chats are imported.`,
  );
}
