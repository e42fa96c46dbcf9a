import assert from "node:assert/strict";
import { test } from "node:test";
import { draftRoutes } from "../../../shared/api/contract/drafts.ts";
import { mappingRoutes } from "../../../shared/api/contract/mapping.ts";
import { objectId } from "../../../shared/chat/identifiers.ts";
import { DirectoryFault } from "../../../shared/directory/directory-fault.ts";
import { acme, SetupWorld } from "../../support/setup-world.ts";
import { oids } from "../../support/small-drop.ts";

const group = objectId.parse("11111111-2222-3333-4444-555555555555");

async function start(values: object = {}): Promise<SetupWorld> {
  const world = new SetupWorld();
  await world.do(draftRoutes.createDraft, { body: { name: acme, values } });
  return world;
}

function csv(...lines: string[]): string {
  return `${["ImId,Mailbox", ...lines].join("\r\n")}\r\n`;
}

test("the template can be downloaded, filled in and uploaded", async () => {
  const world = await start();
  const { text } = await world.ask("downloadMappingTemplate");
  assert.equal(text, "ImId,Mailbox\r\n");
  assert.equal((await world.ask("downloadMapping")).status, 404);
  const { body } = await world.do(mappingRoutes.replaceMapping, { upload: `${text}jd,jane@b.example\r\n` });
  assert.deepEqual([body.entries, body.uploadedBy], [1, "entra:admin@tenant"]);
  assert.equal((await world.ask("downloadMapping")).text, csv("jd,jane@b.example"));
});

test("a check tells every bad line with its column and reason, what would change, and takes nothing", async () => {
  const world = await start();
  await world.do(mappingRoutes.replaceMapping, { upload: csv("a,a@b.example", "b,b@b.example", "c,c@b.example") });
  const upload = csv(
    "A,a@b.example",
    "b,other@b.example",
    "x,nobody",
    ",y@b.example",
    "d,d@b.example",
    "d,d@b.example",
  );
  const { body } = await world.do(mappingRoutes.checkMapping, { upload });
  assert.deepEqual([body.isGood, body.entries, body.badLines], [false, 3, 2]);
  assert.deepEqual(
    body.faults.map(({ line, column, reason }) => [line, column, reason]),
    [
      [4, "Mailbox", "not-an-address"],
      [5, "ImId", "empty"],
    ],
  );
  assert.ok(body.faults.every(({ message }) => message.length > 0));
  assert.deepEqual(
    body.warnings.map(({ line, firstLine }) => [line, firstLine]),
    [[7, 6]],
  );
  assert.deepEqual(body.changes, { added: 1, changed: 1, removed: 1, unchanged: 1 });
  assert.equal((await world.do(mappingRoutes.readMapping)).body.file?.entries, 3);
});

test("50,000 lines are checked with every bad one of them", async () => {
  const world = await start();
  const lines = Array.from({ length: 50_000 }, (_, n) => `user${n},${n % 100 === 7 ? "nobody" : `user${n}@b.example`}`);
  const startedAt = performance.now();
  const { body } = await world.do(mappingRoutes.checkMapping, { upload: csv(...lines) });
  assert.ok(performance.now() - startedAt < 10_000);
  assert.deepEqual([body.entries, body.badLines, body.faults.length], [49_500, 500, 500]);
  assert.deepEqual([body.faults[0]?.line, body.faults.at(-1)?.line], [9, 49_909]);
});

test("more than ten megabytes are not read to their end", async () => {
  const world = await start();
  const upload = Buffer.alloc(10 * 1024 * 1024 + 1, "x");
  assert.equal((await world.ask("checkMapping", { upload })).status, 413);
  assert.equal((await world.ask("replaceMapping", { upload })).status, 413);
});

test("with a bad line nothing is taken, unless it is said that the good ones will do", async () => {
  const world = await start();
  const upload = csv("a,a@b.example", "x,nobody", "a,other@b.example");
  const refused = await world.ask("replaceMapping", { upload });
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.faults, [
    "lines.3.Mailbox: this is no e-mail address such as jane.doe@contoso.com",
    "lines.4.ImId: an earlier line gives this ImId another mailbox",
  ]);
  assert.equal((await world.do(mappingRoutes.readMapping)).body.file, undefined);
  const { body } = await world.do(mappingRoutes.replaceMapping, { upload, query: { goodLinesOnly: "true" } });
  assert.deepEqual([body.entries, body.leftOut], [1, 2]);
  assert.equal((await world.ask("downloadMapping")).text, csv("a,a@b.example"));
  const [record] = (await world.audit()).filter(({ action }) => action === "replace-mapping");
  assert.deepEqual([record?.details.entries, record?.details.leftOut], [1, 2]);
});

for (const [what, upload] of [
  ["without the header", "a,a@b.example\r\n"],
  ["without a single good line", csv("x,nobody")],
  ["that is empty", ""],
] as const) {
  test(`a file ${what} is refused even where good lines would do`, async () => {
    const world = await start();
    const { status } = await world.ask("replaceMapping", { upload, query: { goodLinesOnly: "true" } });
    assert.equal(status, 400);
  });
}

test("of two admins who replace the mapping at once the second is told", async () => {
  const world = await start();
  const both = ["a@b.example", "b@b.example"].map((to) => world.ask("replaceMapping", { upload: csv(`x,${to}`) }));
  const statuses = (await Promise.all(both)).map(({ status }) => status).toSorted((a, b) => a - b);
  assert.equal(statuses[0], 200);
  assert.ok(statuses[1] === 412 || statuses[1] === 428, String(statuses[1]));
  const { etag } = await world.do(mappingRoutes.readMapping);
  const replace = (to: string) => world.ask("replaceMapping", { upload: csv(`x,${to}`), ifMatch: etag });
  const later = [await replace("c@b.example"), await replace("d@b.example")];
  assert.deepEqual(
    later.map(({ status }) => status),
    [200, 412],
  );
  assert.equal((await world.ask("downloadMapping")).text, csv("x,c@b.example"));
});

test("a hold list is one column, replaced in the same way, and downloaded as it can be uploaded", async () => {
  const world = await start({ people: { type: "list" } });
  assert.equal((await world.ask("downloadHoldList")).text, "Mailbox\r\n");
  const { body: checked } = await world.do(mappingRoutes.checkHoldList, { upload: "Mailbox\njane@b.example\nx\n" });
  assert.deepEqual([checked.isGood, checked.entries, checked.changes.added], [false, 1, 1]);
  await world.do(mappingRoutes.replaceHoldList, { upload: "Mailbox\njane@b.example\n" });
  const { body } = await world.do(mappingRoutes.readHoldList);
  assert.deepEqual([body.people, body.file?.entries], [{ type: "list" }, 1]);
  assert.equal((await world.ask("downloadHoldList")).text, "Mailbox\r\njane@b.example\r\n");
});

async function tested(world: SetupWorld, body: { imId?: string; email?: string }) {
  const found = (await world.do(mappingRoutes.testPerson, { body })).body;
  const steps = found.steps.map(({ step, outcome }) => `${step} ${outcome}`);
  return { ...found, steps, messages: found.steps.map(({ message }) => message) };
}

test("a person is found by the mapping first, and else by address", async () => {
  const world = await start();
  await world.do(mappingRoutes.replaceMapping, {
    upload: csv("fstrouds17,ann@acme.example", "gone,gone@acme.example"),
  });
  const mapped = await tested(world, { imId: "FSTROUDS17", email: "bob@acme.example" });
  assert.deepEqual([mapped.mailbox?.address, mapped.mailbox?.via], ["ann@acme.example", "mapping"]);
  assert.deepEqual(mapped.steps, ["mapping found", "automatic skipped", "people skipped"]);
  const own = await tested(world, { imId: "other", email: " bob@acme.example " });
  assert.deepEqual([own.mailbox?.address, own.mailbox?.via], ["bob@acme.example", "email"]);
  assert.deepEqual(own.steps, ["mapping not-found", "automatic found", "people skipped"]);
  const broken = await tested(world, { imId: "gone", email: "bob@acme.example" });
  assert.deepEqual(broken.steps, ["mapping not-found", "automatic found", "people skipped"]);
  assert.match(broken.messages[0] ?? "", /names gone@acme\.example, which is no user's/);
  const nobody = await tested(world, { email: "eve@other.example" });
  assert.deepEqual([nobody.mailbox, nobody.unmapped?.reason], [undefined, "unknown-user"]);
});

test("without automatic mapping a person who is not in the mapping goes nowhere, and why is said", async () => {
  const world = await start({ mapping: { isAutomatic: false } });
  const { unmapped, steps } = await tested(world, { imId: "x", email: "ann@acme.example" });
  assert.equal(unmapped?.reason, "automatic-mapping-off");
  assert.deepEqual(steps, ["mapping not-found", "automatic skipped", "people skipped"]);
});

test("whom a hold list or a group leaves out is told so, and whom it names by another address is in", async () => {
  const onList = await start({ people: { type: "list" } });
  await onList.do(mappingRoutes.replaceHoldList, { upload: "Mailbox\nANN@acme.example\n" });
  assert.deepEqual((await tested(onList, { email: "ann@acme.example" })).steps[2], "people found");
  const out = await tested(onList, { email: "bob@acme.example" });
  assert.deepEqual([out.mailbox, out.unmapped?.reason, out.steps[2]], [undefined, "not-on-list", "people left-out"]);
  const inGroup = await start({ people: { type: "group", group } });
  inGroup.groups.members.set(group, [oids.bob]);
  assert.deepEqual((await tested(inGroup, { email: "bob@acme.example" })).steps[2], "people found");
  assert.deepEqual((await tested(inGroup, { email: "ann@acme.example" })).steps[2], "people left-out");
});

test("testing a person notes nothing about mailboxes", async () => {
  const world = await start();
  await tested(world, { email: "ann@acme.example" });
  const noted: string[] = [];
  for await (const { path } of world.blobs.list("state/mailbox/")) noted.push(path);
  assert.deepEqual(noted, []);
});

test("a hold list that is chosen and not there is told, not taken for nobody", async () => {
  const world = await start({ people: { type: "list" } });
  const { status, detail } = await world.ask("testPerson", { body: { email: "ann@acme.example" } });
  assert.deepEqual([status, /Upload it again/.test(detail)], [409, true]);
});

test("a test of nobody is refused", async () => {
  const world = await start();
  for (const body of [{}, { imId: " " }]) {
    assert.equal((await world.ask("testPerson", { body })).status, 400);
  }
});

test("a check asks the directory for new addresses, and names the lines that would get nothing", async () => {
  const world = await start();
  await world.do(mappingRoutes.replaceMapping, { upload: csv("old,gone@acme.example") });
  const upload = csv("old,gone@acme.example", "a,ann@acme.example", "x,nobody@acme.example", "y,Nobody@acme.example");
  const { body } = await world.do(mappingRoutes.checkMapping, { upload });
  assert.equal(body.isGood, true, "the lines themselves are");
  assert.deepEqual(
    body.directory.faults.map(({ line, column, reason }) => [line, column, reason]),
    [
      [4, "Mailbox", "unknown-user"],
      [5, "Mailbox", "unknown-user"],
    ],
  );
  assert.deepEqual([body.directory.asked, body.directory.left, body.directory.next], [2, 0, undefined]);
  assert.equal(world.directory.asked.has("gone@acme.example"), false, "what is in use was asked for by then");
  const { body: list } = await world.do(mappingRoutes.checkHoldList, { upload: "Mailbox\nnobody@acme.example\n" });
  assert.deepEqual([list.directory.faults[0]?.line, list.directory.faults[0]?.reason], [2, "unknown-user"]);
});

test("of thousands of addresses so many are asked for at once, and a later check goes on", async () => {
  const world = await start();
  const upload = csv(...Array.from({ length: 250 }, (_, n) => `user${n},user${n}@acme.example`));
  const lines: number[] = [];
  let from = 0;
  for (const [asked, left] of [
    [100, 150],
    [100, 50],
    [50, 0],
  ]) {
    const { directory } = (await world.do(mappingRoutes.checkMapping, { upload, query: { lookUpFrom: String(from) } }))
      .body;
    assert.deepEqual([directory.asked, directory.left], [asked, left]);
    lines.push(...directory.faults.map(({ line }) => line));
    from = directory.next ?? 0;
  }
  assert.equal(world.directory.asked.size, 250);
  assert.deepEqual(
    lines,
    Array.from({ length: 250 }, (_, n) => n + 2),
  );
});

test("a directory that does not answer keeps nobody from seeing the bad lines", async () => {
  const world = await start();
  const refused = { status: 429, headers: new Headers(), body: undefined, requestId: "r1", receivedAt: 0 };
  world.directory.find = () => Promise.reject(new DirectoryFault("throttled", refused));
  const { body } = await world.do(mappingRoutes.checkMapping, { upload: csv("a,ann@acme.example", "x,nobody") });
  assert.deepEqual([body.badLines, body.directory.asked, body.directory.left], [1, 0, 1]);
  assert.match(body.directory.problem ?? "", /asks to be left alone/);
  world.directory.find = () => Promise.reject(new TypeError("a fault of ours"));
  await assert.rejects(world.ask("checkMapping", { upload: csv("a,ann@acme.example") }), /a fault of ours/);
});
