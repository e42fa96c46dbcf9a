import type { Guard } from "./guard.ts";

const holdList = (only: string) => ({ file: "test/unit/pipeline/hold-list.test.ts", only });
const groups = (only: string) => ({ file: "test/infra/access-hold-groups.test.ts", only });

/** Whose chats are imported: who cannot be seen on a list or in a group is not left out for that. */
export const peopleGuards: readonly Guard[] = [
  {
    name: "hold-group-without-anybody-waits",
    rule: "R1",
    file: "shared/pipeline/hold-list.ts",
    source: "if (users.size === 0) throw",
    instead: "if (users.size < 0) throw",
    watchers: [holdList("a group that shows nobody")],
  },
  {
    name: "hold-list-without-anybody-waits",
    rule: "R1",
    file: "shared/pipeline/hold-list.ts",
    source: 'if (entries.size === 0) throw toBrokenList(name, "is empty");',
    instead: "",
    watchers: [holdList("an empty hold list")],
  },
  {
    name: "hold-list-with-bad-lines-waits",
    rule: "R1",
    file: "shared/pipeline/hold-list.ts",
    source: "if (faults.length > 0) {",
    instead: "if (faults.length < 0) {",
    watchers: [holdList("a hold list with a bad line")],
  },
  {
    name: "hold-group-refused-is-a-fault",
    rule: "R1",
    file: "shared/directory/graph-group-members.ts",
    source: "if (reply.status !== 200) throw toGroupFault(reply);",
    instead: "if (reply.status !== 200) return members;",
    watchers: [{ file: "test/wire/directory/graph-group-members.test.ts" }],
  },
  {
    name: "hold-group-is-read-whole",
    rule: "R1",
    file: "shared/directory/graph-group-members.ts",
    source: "if (next === undefined) return members;",
    instead: "if (next === undefined || page === 1) return members;",
    watchers: [{ file: "test/wire/directory/graph-group-members.test.ts" }],
  },
  {
    name: "register-gives-groups-on-request-only",
    rule: "R9",
    file: "infra/access/registration.ts",
    source: 'options.readsGroups ? ["User.Read.All", "GroupMember.Read.All"] : ["User.Read.All"]',
    instead: '["User.Read.All", "GroupMember.Read.All"]',
    watchers: [groups("is not given unless it is asked for")],
  },
  {
    name: "register-takes-groups-back",
    rule: "R9",
    file: "infra/access/take-back.ts",
    source: "return isOfGraph && purposeOf(role) !== undefined;",
    instead: 'return isOfGraph && role === "User.Read.All";',
    watchers: [groups("goes with --undo")],
  },
  {
    name: "doctor-tries-the-group",
    rule: "R1",
    file: "shared/pipeline/check/list-checks.ts",
    source: 'yield make("people", (signal) => checkPeople(all, connector, signal), name);',
    instead: "",
    watchers: [{ file: "test/wire/functions/check-up.test.ts", only: "whose hold list is a group" }],
  },
  {
    name: "people-file-facts-of-this-version",
    rule: "R8",
    file: "shared/pipeline/people-file-facts.ts",
    source: "if (known?.etag === entry.etag) return known;",
    instead: "if (known !== undefined) return known;",
    watchers: [{ file: "test/unit/pipeline/people-file-facts.test.ts", only: "once for each version" }],
  },
  {
    name: "people-file-facts-are-bounded",
    rule: "R7",
    file: "shared/pipeline/people-file-facts.ts",
    source: "for (const oldest of shelf.keys()) if (shelf.size > mostKept) shelf.delete(oldest);",
    instead: "",
    watchers: [{ file: "test/unit/pipeline/people-file-facts.test.ts", only: "of so many files and no more" }],
  },
  {
    name: "fetch-reads-the-connector-under-its-lock",
    rule: "R5",
    file: "shared/pipeline/fetch-connector.ts",
    source: "  const done = await withLease(deps, paths.lock(`fetch-",
    instead:
      "  const early = await connectorOf(deps.blobs, name);\n  const done = await withLease(deps, paths.lock(`fetch-",
    also: [
      {
        file: "shared/pipeline/fetch-connector.ts",
        source: "const connector = await connectorOf(deps.blobs, name);",
        instead: "const connector = early;",
      },
    ],
    watchers: [{ file: "test/unit/pipeline/deleted-connector.test.ts" }],
  },
  {
    name: "fetch-of-a-gone-connector-is-heard-of",
    rule: "R1",
    file: "shared/pipeline/fetch-due.ts",
    source: "for await (const _ of listOpenIdsOf(blobs, name)) return false;",
    instead: "",
    watchers: [{ file: "test/unit/pipeline/deleted-connector.test.ts", only: "while a drop of it is open" }],
  },
];
