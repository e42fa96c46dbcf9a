import assert from "node:assert/strict";
import { test } from "node:test";
import { type Participant, participant } from "../../../shared/chat/chat-item.ts";
import { dropId, fileId, mailboxAddress, mailboxParts, toMailboxId } from "../../../shared/chat/identifiers.ts";
import type { Finding } from "../../../shared/map/address-book.ts";
import { parseMapping } from "../../../shared/map/mapping.ts";
import { type ResolveRequest, resolvePeople } from "../../../shared/map/resolve-people.ts";
import { oid } from "../../contract/directory/directory-contract.ts";

const drop = dropId.parse("acme-2026-06-03-1");
/** In the order of their ids. */
const [fileA, fileB] = [fileId.parse("a".repeat(20)), fileId.parse("b".repeat(20))];

const jane: Finding = { id: toMailboxId(oid(1), 0), address: "jane@bank.example", displayName: "Jane" };
const john: Finding = { id: toMailboxId(oid(2), 3), address: "john@bank.example", displayName: "John" };
const known: Record<string, Finding> = {
  "jane@bank.example": jane,
  "jd@bank.example": jane,
  "john@bank.example": john,
  "room@bank.example": "no-mailbox",
  "twin@bank.example": "ambiguous",
};

function setUp() {
  const asked: string[] = [];
  let [underWay, most] = [0, 0];
  return {
    asked,
    most: () => most,
    async findMailbox(address: string): Promise<Finding> {
      asked.push(address);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      if (address === "fault@bank.example") throw new Error("the directory is away");
      return known[address] ?? "unknown-user";
    },
  };
}

function people(...all: { imId?: string; email?: string; displayName?: string }[]): Participant[] {
  return all.map((one) => participant.parse(one));
}

async function mappingOf(...lines: string[]) {
  const parsed = await parseMapping([Buffer.from(["ImId,Mailbox", ...lines].join("\n"))]);
  assert.ok(parsed.isValid);
  return parsed.mapping;
}

async function resolve(participants: Participant[], rules: Partial<ResolveRequest> = {}) {
  const files = [{ file: fileA, participants }];
  return resolvePeople(setUp(), { drop, gen: 1, files, isAutomatic: true, ...rules });
}

/** Each person as mailbox and way, or as reason. */
async function outcomes(participants: Participant[], rules: Partial<ResolveRequest> = {}): Promise<unknown[]> {
  const { people: document } = await resolve(participants, rules);
  return document.persons.map(({ mailbox, unmapped }) =>
    mailbox === undefined ? unmapped : [mailbox.id, mailbox.via],
  );
}

test("the mapping comes first, then the person's own address", async () => {
  const mapping = await mappingOf("jdoe,john@bank.example");
  const all = people({ imId: "JDoe", email: "jane@bank.example" }, { imId: "x", email: "JD@bank.example" });
  assert.deepEqual(await outcomes(all, { mapping }), [
    [john.id, "mapping"],
    [jane.id, "email"],
  ]);
});

test("whoever has no mailbox is unmapped, with the reason", async () => {
  const all = people(
    { imId: "a" },
    { imId: "b", email: "  " },
    { imId: "c", email: "Jane Doe" },
    { imId: "d", email: "nobody@bank.example" },
    { imId: "e", email: "twin@bank.example" },
    { imId: "f", email: "room@bank.example" },
  );
  const reasons = ["no-address", "no-address", "not-an-address", "unknown-user", "ambiguous", "no-mailbox"];
  assert.deepEqual(await outcomes(all), reasons);
});

test("a mapping that names no mailbox gives way to the person's own address, and the admin is told", async () => {
  const mapping = await mappingOf("a,room@bank.example", "b,nobody@bank.example", "c,jane@bank.example");
  const all = people({ imId: "c" }, { imId: "a", email: "jane@bank.example" }, { imId: "b", email: "b@other.example" });
  assert.deepEqual(await outcomes(all, { mapping }), [
    [jane.id, "mapping"],
    [jane.id, "email"],
    "mapping-names-no-mailbox",
  ]);
  assert.deepEqual((await resolve(all, { mapping })).warnings, [
    { kind: "mapping", number: 1, reason: "no-mailbox" },
    { kind: "mapping", number: 2, reason: "unknown-user" },
  ]);
});

test("without automatic mapping only the mapping counts", async () => {
  const mapping = await mappingOf("a,jane@bank.example", "b,nobody@bank.example");
  const all = people(
    { imId: "a" },
    { imId: "b", email: "john@bank.example" },
    { imId: "c", email: "john@bank.example" },
  );
  assert.deepEqual(await outcomes(all, { mapping, isAutomatic: false }), [
    [jane.id, "mapping"],
    "mapping-names-no-mailbox",
    "automatic-mapping-off",
  ]);
});

test("a list of users leaves the others out, and names its users by any of their addresses", async () => {
  const only = ["JD@bank.example", "gone@bank.example"].map((text) => mailboxAddress.parse(text));
  const all = people({ email: "jane@bank.example" }, { email: "john@bank.example" }, { email: "x@y.example" });
  const rules = { only: { addresses: only } };
  assert.deepEqual(await outcomes(all, rules), [[jane.id, "email"], "not-on-list", "unknown-user"]);
  assert.deepEqual((await resolve(all, rules)).warnings, [{ kind: "only", number: 1, reason: "unknown-user" }]);
});

test("a set of users leaves the others out, and an empty one everybody", async () => {
  const all = people({ email: "jane@bank.example" }, { email: "john@bank.example" });
  const users = new Set([mailboxParts(jane.id).oid]);
  assert.deepEqual(await outcomes(all, { only: { users } }), [[jane.id, "email"], "not-on-list"]);
  assert.deepEqual(await outcomes(all, { only: { users: new Set() } }), ["not-on-list", "not-on-list"]);
});

test("a directory that is away ends the resolving: nobody becomes unmapped", async () => {
  const all = people({ email: "jane@bank.example" }, { email: "fault@bank.example" }, { email: "john@bank.example" });
  await assert.rejects(resolve(all), /directory is away/);
  const mapping = await mappingOf("a,fault@bank.example");
  await assert.rejects(resolve(people({ imId: "a", email: "jane@bank.example" }), { mapping }), /directory is away/);
});

test("each address is asked for once, and no more than sixteen at a time", async () => {
  const deps = setUp();
  const all = people(
    ...Array.from({ length: 80 }, (_, i) => ({ imId: `i${i}`, email: `${i % 2 ? "U" : "u"}${i % 40}@bank.example` })),
  );
  await resolvePeople(deps, { drop, gen: 1, files: [{ file: fileA, participants: all }], isAutomatic: true });
  assert.equal(deps.asked.length, 40);
  assert.equal(new Set(deps.asked).size, 40);
  assert.ok(deps.most() > 8 && deps.most() <= 16, `${deps.most()} at once`);
});

test("people are one only if they are equal in all, and keep their numbers in each file", async () => {
  const [a, b, c] = people({ imId: "a" }, { imId: "a", displayName: "A" }, { email: "jane@bank.example" });
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  const files = [
    { file: fileB, participants: [c, a] },
    { file: fileA, participants: [a, b, a] },
  ];
  const { people: document } = await resolve([], { files });
  assert.deepEqual(
    document.persons.map((one) => one.participant),
    [a, b, c],
  );
  assert.deepEqual(document.files, { [fileA]: [0, 1, 0], [fileB]: [2, 0] });
});

test("the document is the same whatever the order of the files", async () => {
  const files = [
    { file: fileA, participants: people({ imId: "a" }, { email: "jane@bank.example" }) },
    { file: fileB, participants: people({ email: "john@bank.example" }, { imId: "a" }) },
  ];
  const documents = [files, files.toReversed()].map((all) => resolve([], { files: all }));
  const [one, other] = (await Promise.all(documents)).map(({ people: document }) => JSON.stringify(document));
  assert.equal(one, other);
});

test("the document says which mapping was used", async () => {
  const mapping = await mappingOf("a,jane@bank.example");
  assert.equal((await resolve([], { mapping })).people.mapping, mapping.sha256);
  assert.equal("mapping" in (await resolve([])).people, false);
});
