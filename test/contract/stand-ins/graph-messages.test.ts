import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, entries, errorCode, IMMUTABLE, makeIceChat, startTestGraph, text, toMessage } from "./graph-fixture.ts";

test("an item with the unsent bit clear is no draft and has the chat's time", async (t) => {
  const { send } = await startTestGraph(t);
  const folder = await makeIceChat(send, ANN);
  const { status, json } = await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage("k1"));
  assert.equal(status, 201);
  assert.equal(json.isDraft, false);
  assert.equal(json.isRead, true);
  assert.equal(json.receivedDateTime, "2026-06-03T09:15:30Z");
  assert.equal(json.sentDateTime, "2026-06-03T09:15:30Z");
  assert.equal(json.createdDateTime, "2026-06-03T17:00:00Z");
  assert.equal(json.parentFolderId, folder);
  assert.equal(json.internetMessageId, "<k1@icechat.example>");
  assert.equal(json.singleValueExtendedProperties, undefined);
});

test("without the flags, or with the unsent bit set, an item is a draft", async (t) => {
  const { send } = await startTestGraph(t);
  for (const singleValueExtendedProperties of [[], [{ id: "Integer 0x0E07", value: "9" }]]) {
    const { json } = await send("POST", `users/${ANN}/messages`, toMessage("k", { singleValueExtendedProperties }));
    assert.equal(json.isDraft, true);
  }
});

test("receivedDateTime and sentDateTime of the body are ignored", async (t) => {
  const { send } = await startTestGraph(t);
  const dates = { receivedDateTime: "2020-01-01T00:00:00Z", sentDateTime: "2020-01-01T00:00:00Z" };
  const over = { ...dates, singleValueExtendedProperties: [{ id: "Integer 0x0E07", value: "1" }] };
  const { json } = await send("POST", `users/${ANN}/messages`, toMessage("k", over));
  assert.equal(json.receivedDateTime, "2026-06-03T17:00:00Z");
  assert.equal(json.sentDateTime, "2026-06-03T17:00:00Z");
});

test("internet message headers: x- only, five at most, none empty, and they are lost", async (t) => {
  const { send } = await startTestGraph(t);
  const post = (internetMessageHeaders: { name: string; value: string }[]) =>
    send(
      "POST",
      `users/${ANN}/messages`,
      toMessage("k", { internetMessageHeaders: internetMessageHeaders.map((h) => ({ ...h })) }),
    );
  assert.equal((await post([])).status, 400);
  assert.equal(errorCode(await post([{ name: "Reply-To", value: "a" }])), "InvalidInternetMessageHeader");
  const six = Array.from({ length: 6 }, (_, at) => ({ name: `x-${at}`, value: "v" }));
  assert.equal(errorCode(await post(six)), "InvalidInternetMessageHeaderCollection");
  assert.equal((await post([{ name: "x-a", value: "v".repeat(996) }])).status, 400);
  const taken = await post(six.slice(1));
  assert.equal(taken.status, 201);
  assert.equal(taken.json.internetMessageHeaders, undefined);
});

test("an attachment without its type is refused, one with it is kept", async (t) => {
  const { send } = await startTestGraph(t);
  const file = { name: "a.txt", contentBytes: Buffer.from("hello").toString("base64") };
  assert.equal((await send("POST", `users/${ANN}/messages`, toMessage("k", { attachments: [file] }))).status, 400);
  const typed = { "@odata.type": "#microsoft.graph.fileAttachment", ...file };
  const made = await send("POST", `users/${ANN}/messages`, toMessage("k", { attachments: [typed] }));
  assert.equal(made.json.hasAttachments, true);
  const [kept] = entries(await send("GET", `users/${ANN}/messages/${text(made.json.id)}/attachments`));
  assert.equal(kept?.contentBytes, file.contentBytes);
});

test("an attachment of 3,000,000 bytes and a request of 4,000,000 are too large, one byte less is not", async (t) => {
  const { send } = await startTestGraph(t);
  const attached = (size: number) =>
    toMessage("k", {
      attachments: [
        {
          "@odata.type": "#microsoft.graph.fileAttachment",
          name: "a",
          contentBytes: Buffer.alloc(size).toString("base64"),
        },
      ],
    });
  // 2,999,997 bytes are 3,999,996 characters in base64, so a request with one largest attachment can never be sent.
  assert.equal((await send("POST", `users/${ANN}/messages`, attached(2_990_000))).status, 201);
  const padded = (size: number): string => {
    const plain = JSON.stringify(toMessage("k", { body: { contentType: "text", content: "" } }));
    return plain.replace('"content":""', `"content":"${"x".repeat(size - plain.length)}"`);
  };
  assert.equal((await send("POST", `users/${ANN}/messages`, padded(3_999_999))).status, 201);
  assert.equal((await send("POST", `users/${ANN}/messages`, padded(4_000_000))).status, 413);
  assert.equal((await send("POST", `users/${ANN}/messages`, attached(3_000_000))).status, 413);
});

test("a subject of 255 characters is taken, one of 256 is not", async (t) => {
  const { send } = await startTestGraph(t);
  const post = (length: number) =>
    send("POST", `users/${ANN}/messages`, toMessage("k", { subject: "s".repeat(length) }));
  assert.equal((await post(255)).status, 201);
  assert.equal((await post(256)).status, 400);
});

test("a value that is no string, a bad property id and an unknown field in an address are refused", async (t) => {
  const { send } = await startTestGraph(t);
  const post = async (over: Parameters<typeof toMessage>[1]) =>
    (await send("POST", `users/${ANN}/messages`, toMessage("k", over))).status;
  assert.equal(await post({ singleValueExtendedProperties: [{ id: "Integer 0x0E07", value: 1 }] }), 400);
  assert.equal(await post({ singleValueExtendedProperties: [{ id: "0x0E07", value: "1" }] }), 400);
  assert.equal(await post({ singleValueExtendedProperties: [{ id: "SystemTime 0x0E06", value: "noon" }] }), 400);
  assert.equal(await post({ toRecipients: [{ emailAddress: { adress: "a@example.com" } }] }), 400);
  assert.equal(await post({ misspelt: true }), 201);
});

test("what is not JSON is refused", async (t) => {
  const { send } = await startTestGraph(t);
  assert.equal((await send("POST", `users/${ANN}/messages`, '{"subject":')).status, 400);
  assert.equal((await send("POST", `users/${ANN}/messages`, "RnJvbTo=", { "content-type": "text/plain" })).status, 501);
});

test("an immutable id outlives a move, an ordinary one does not", async (t) => {
  const { send } = await startTestGraph(t);
  const folder = await makeIceChat(send, ANN);
  const made = await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage("k"), IMMUTABLE);
  assert.equal(made.headers.get("preference-applied"), 'IdType="ImmutableId"');
  const immutable = text(made.json.id);
  const ordinary = text((await send("GET", `users/${ANN}/messages/${immutable}`)).json.id);
  assert.notEqual(ordinary, immutable);
  const moved = await send("POST", `users/${ANN}/messages/${ordinary}/move`, { destinationId: "archive" });
  assert.notEqual(moved.json.id, ordinary);
  assert.equal((await send("GET", `users/${ANN}/messages/${ordinary}`)).status, 404);
  assert.equal((await send("GET", `users/${ANN}/messages/${immutable}`, undefined, IMMUTABLE)).json.id, immutable);
});

test("a deleted item goes to Deleted Items, deleted there it is gone", async (t) => {
  const { send } = await startTestGraph(t);
  const folder = await makeIceChat(send, ANN);
  const made = await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage("k"), IMMUTABLE);
  const path = `users/${ANN}/messages/${text(made.json.id)}`;
  assert.equal((await send("DELETE", path)).status, 204);
  assert.equal(entries(await send("GET", `users/${ANN}/mailFolders/${folder}/messages`)).length, 0);
  assert.equal(entries(await send("GET", `users/${ANN}/mailFolders/deleteditems/messages`)).length, 1);
  assert.equal((await send("DELETE", path)).status, 204);
  assert.equal(errorCode(await send("GET", path)), "ErrorItemNotFound");
});

test("a full mailbox takes no item", async (t) => {
  const { send, graph } = await startTestGraph(t);
  graph.people.change(ANN, { isFull: true });
  const refused = await send("POST", `users/${ANN}/messages`, toMessage("k"));
  assert.equal(refused.status, 403);
  assert.equal(errorCode(refused), "ErrorQuotaExceeded");
});
