import assert from "node:assert/strict";
import { test } from "node:test";
import type { GraphFixture } from "./graph-fixture.ts";
import {
  ANN,
  byKey,
  entries,
  errorCode,
  IMMUTABLE,
  KEY,
  makeIceChat,
  startTestGraph,
  text,
  toMessage,
} from "./graph-fixture.ts";

async function fill({ send }: GraphFixture, count: number): Promise<string> {
  const folder = await makeIceChat(send, ANN);
  for (let at = 0; at < count; at += 1) {
    const time = new Date(Date.parse("2026-06-01T00:00:00Z") + at * 3_600_000).toISOString();
    await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage(`key-${at}`, {}, time));
  }
  return folder;
}

const filtered = (filter: string): string => `$filter=${encodeURIComponent(filter)}`;

test("a named property finds its item, in the folder and in the whole mailbox", async (t) => {
  const fixture = await startTestGraph(t);
  const folder = await fill(fixture, 3);
  const { send } = fixture;
  const inFolder = entries(
    await send("GET", `users/${ANN}/mailFolders/${folder}/messages?${byKey("key-1")}&$top=1&$select=id`),
  );
  assert.deepEqual(Object.keys(inFolder[0] ?? {}), ["@odata.etag", "id"]);
  assert.equal(inFolder.length, 1);
  assert.equal(entries(await send("GET", `users/${ANN}/messages?${byKey("key-1")}`))[0]?.subject, "ICE Chat: key-1");
  assert.equal(entries(await send("GET", `users/${ANN}/mailFolders/inbox/messages?${byKey("key-1")}`)).length, 0);
});

test("of a named property the name has case, the value and the rest of the id have none", async (t) => {
  const fixture = await startTestGraph(t);
  await fill(fixture, 1);
  const find = async (key: string, id?: string) =>
    entries(await fixture.send("GET", `users/${ANN}/messages?${byKey(key, id)}`)).length;
  assert.equal(await find("KEY-0"), 1);
  assert.equal(await find("key-0", KEY.replace("6f9a", "6F9A").replace("String", "string")), 1);
  assert.equal(await find("key-0", KEY.replace("Ice", "ice")), 0);
});

test("startswith finds by the beginning of a named property", async (t) => {
  const fixture = await startTestGraph(t);
  await fill(fixture, 12);
  const any = (value: string) =>
    filtered(`singleValueExtendedProperties/any(p: p/id eq '${KEY}' and startswith(p/value, '${value}'))`);
  const found = entries(await fixture.send("GET", `users/${ANN}/messages?${any("key-1")}`));
  assert.deepEqual(
    found.map(({ subject }) => subject),
    ["ICE Chat: key-11", "ICE Chat: key-10", "ICE Chat: key-1"],
  );
});

test("a property without an index is found as well", async (t) => {
  const fixture = await startTestGraph(t);
  await fill(fixture, 3);
  const filter = filtered("singleValueExtendedProperties/Any(ep: ep/id eq 'Integer 0xe07' and ep/value eq '1')");
  assert.equal(entries(await fixture.send("GET", `users/${ANN}/messages?${filter}`)).length, 3);
});

test("a name has case without an index too", async (t) => {
  const { send } = await startTestGraph(t);
  const id = KEY.replace("String", "Integer");
  await send("POST", `users/${ANN}/messages`, toMessage("k", { singleValueExtendedProperties: [{ id, value: "7" }] }));
  const find = async (name: string) => entries(await send("GET", `users/${ANN}/messages?${byKey("7", name)}`)).length;
  assert.deepEqual([await find(id), await find(id.replace("Ice", "ice"))], [1, 0]);
});

test("a listing shows what came, moved and went since the last one", async (t) => {
  const fixture = await startTestGraph(t);
  const { send } = fixture;
  const folder = await fill(fixture, 1);
  const paths = ["messages", `mailFolders/${folder}/messages`, "mailFolders/archive/messages"];
  const counts = async () => {
    const lists = await Promise.all(paths.map((path) => send("GET", `users/${ANN}/${path}`)));
    return lists.map((list) => entries(list).length);
  };
  assert.deepEqual(await counts(), [1, 1, 0]);
  const made = await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage("new"), IMMUTABLE);
  assert.deepEqual(await counts(), [2, 2, 0]);
  const item = `users/${ANN}/messages/${text(made.json.id)}`;
  await send("POST", `${item}/move`, { destinationId: "archive" });
  assert.deepEqual(await counts(), [2, 1, 1]);
  await send("POST", `${item}/permanentDelete`, {});
  assert.deepEqual(await counts(), [1, 1, 0]);
});

test("two properties in a filter, or an order beside one, are too complex", async (t) => {
  const { send } = await startTestGraph(t);
  const one = `singleValueExtendedProperties/Any(ep: ep/id eq '${KEY}' and ep/value eq 'a')`;
  const two = await send("GET", `users/${ANN}/messages?${filtered(`${one} and ${one}`)}`);
  assert.equal(errorCode(two), "ErrorRestrictionTooComplex");
  const ordered = await send("GET", `users/${ANN}/messages?${filtered(one)}&$orderby=receivedDateTime`);
  assert.equal(ordered.status, 400);
  assert.equal(errorCode(ordered), "ErrorRestrictionTooComplex");
});

test("ordered properties must open the filter", async (t) => {
  const fixture = await startTestGraph(t);
  await fill(fixture, 3);
  const get = (filter: string) =>
    fixture.send("GET", `users/${ANN}/messages?${filtered(filter)}&$orderby=receivedDateTime asc`);
  assert.equal(errorCode(await get("isRead eq true")), "InefficientFilter");
  const found = entries(await get("receivedDateTime ge 2026-06-01T01:00:00Z and isRead eq true"));
  assert.deepEqual(
    found.map(({ subject }) => subject),
    ["ICE Chat: key-1", "ICE Chat: key-2"],
  );
});

test("internetMessageId finds an item wherever it was moved, Deleted Items included", async (t) => {
  const fixture = await startTestGraph(t);
  const { send } = fixture;
  await fill(fixture, 2);
  const query = `users/${ANN}/messages?${filtered("internetMessageId eq '<key-1@icechat.example>'")}`;
  const [found] = entries(await send("GET", query, undefined, IMMUTABLE));
  await send("DELETE", `users/${ANN}/messages/${text(found?.id)}`);
  assert.equal(entries(await send("GET", query, undefined, IMMUTABLE))[0]?.id, found?.id);
});

test("pages of a day's items hold each once, newest first, with their keys", async (t) => {
  const fixture = await startTestGraph(t);
  const folder = await fill(fixture, 30);
  const filter = filtered("receivedDateTime ge 2026-06-01T00:00:00Z and receivedDateTime lt 2026-06-02T00:00:00Z");
  const expand = `$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${KEY}')`)}`;
  const subjects: unknown[] = [];
  let path: string | undefined =
    `users/${ANN}/mailFolders/${folder}/messages?${filter}&${expand}&$top=10&$select=subject`;
  while (path !== undefined) {
    const answer = await fixture.send("GET", path);
    for (const entry of entries(answer)) {
      assert.deepEqual(entry.singleValueExtendedProperties, [{ id: KEY, value: text(entry.subject).slice(10) }]);
      subjects.push(entry.subject);
    }
    const next = answer.json["@odata.nextLink"];
    path = next === undefined ? undefined : text(next).slice(`${fixture.graph.url}/v1.0/`.length);
  }
  assert.deepEqual(
    subjects,
    Array.from({ length: 24 }, (_, at) => `ICE Chat: key-${23 - at}`),
  );
});

test("a property is given back by its canonical id, and not at all where an item has it not", async (t) => {
  const fixture = await startTestGraph(t);
  await fill(fixture, 1);
  const expand = (filter: string) =>
    `$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=${filter})`)}`;
  const get = async (filter: string) =>
    entries(await fixture.send("GET", `users/${ANN}/messages?${expand(filter)}`))[0];
  assert.deepEqual((await get("id eq 'Integer 0x0E07' or id eq 'String 0x1042'"))?.singleValueExtendedProperties, [
    { id: "Integer 0xe07", value: "1" },
  ]);
  assert.equal((await get("id eq 'String 0x1042'"))?.singleValueExtendedProperties, undefined);
});

test("an unencoded plus sign in a value is a space, as in any query", async (t) => {
  const { send } = await startTestGraph(t);
  await send("POST", `users/${ANN}/messages`, toMessage("a+b"));
  assert.equal(entries(await send("GET", `users/${ANN}/messages?${byKey("a+b")}`)).length, 1);
  assert.equal(entries(await send("GET", `users/${ANN}/messages?${byKey("a+b").replace("%2B", "+")}`)).length, 0);
});

test("a value may hold a quote, doubled", async (t) => {
  const { send } = await startTestGraph(t);
  await send("POST", `users/${ANN}/messages`, toMessage("o'neil"));
  assert.equal(entries(await send("GET", `users/${ANN}/messages?${byKey("o''neil")}`)).length, 1);
  assert.equal((await send("GET", `users/${ANN}/messages?${byKey("o'neil")}`)).status, 400);
});

test("what cannot be searched by, a page too large and an unknown option are refused", async (t) => {
  const { send } = await startTestGraph(t);
  const status = async (query: string) => (await send("GET", `users/${ANN}/messages?${query}`)).status;
  assert.equal(await status(filtered("recievedDateTime ge 2026-06-01T00:00:00Z")), 400);
  assert.equal(await status(filtered("subject eq")), 400);
  assert.equal(await status(filtered("subject eq 'a' and")), 400);
  assert.equal(await status("$top=1001"), 400);
  assert.equal(await status("$search=x"), 501);
});

test("a stale filter does not see what is younger, a list without a filter does", async (t) => {
  const fixture = await startTestGraph(t);
  await fill(fixture, 1);
  fixture.graph.faults.add({ action: { kind: "stale", ageInMs: 60_000 } });
  const find = async (query: string) => entries(await fixture.send("GET", `users/${ANN}/messages?${query}`)).length;
  assert.equal(await find(byKey("key-0")), 0);
  assert.equal(await find("$top=5"), 1);
  fixture.clock.pass(60_000);
  assert.equal(await find(byKey("key-0")), 1);
});
