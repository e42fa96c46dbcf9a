/** A group of the tenant. */
export interface Group {
  readonly id: string;
  /** Object ids of users and of other groups. */
  readonly members: readonly string[];
}

/** The tenant's groups. */
export interface Groups {
  /** By object id, whatever the case. */
  find(id: string): Group | undefined;
  /** Adds a group, or replaces the one of that id. */
  put(group: Group): void;
  /** Everything in a group, and in groups within it, each once; groups that hold one another end. */
  membersOf(group: Group): readonly string[];
}

/** Makes the tenant's groups; there is none until one is put. */
export function createGroups(): Groups {
  const byId = new Map<string, Group>();
  const find = (id: string): Group | undefined => byId.get(id.toLowerCase());
  function collect(group: Group, seen: Set<string>): Set<string> {
    for (const member of group.members) {
      if (seen.has(member)) continue;
      seen.add(member);
      const inner = find(member);
      if (inner !== undefined) collect(inner, seen);
    }
    return seen;
  }
  return {
    find,
    put: (group) => void byId.set(group.id.toLowerCase(), group),
    membersOf: (group) => [...collect(group, new Set())],
  };
}
