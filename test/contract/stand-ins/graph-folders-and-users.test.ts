import assert from "node:assert/strict";
import { test } from "node:test";
import { DirectoryFileError, parseDirectory } from "../../../local/graph/directory-file.ts";
import { ANN, entries, errorCode, makeIceChat, startTestGraph, text, toMessage } from "./graph-fixture.ts";

const filtered = (filter: string): string => `$filter=${encodeURIComponent(filter)}`;

test("a second folder of the same name is a conflict, whatever the case", async (t) => {
  const { send } = await startTestGraph(t);
  const id = await makeIceChat(send, ANN);
  const again = await send("POST", `users/${ANN}/mailFolders`, { displayName: "ice chat" });
  assert.equal(again.status, 409);
  assert.equal(errorCode(again), "ErrorFolderExists");
  const [found] = entries(await send("GET", `users/${ANN}/mailFolders?${filtered("displayName eq 'ICE Chat'")}`));
  assert.equal(found?.id, id);
  assert.equal((await send("GET", `users/${ANN}/mailFolders/${id}`)).json.displayName, "ICE Chat");
});

test("folders come ten a page unless asked otherwise", async (t) => {
  const { send } = await startTestGraph(t);
  for (const name of ["a", "b", "c", "d", "e"]) await send("POST", `users/${ANN}/mailFolders`, { displayName: name });
  const first = await send("GET", `users/${ANN}/mailFolders`);
  assert.equal(entries(first).length, 10);
  assert.match(text(first.json["@odata.nextLink"]), /skip/);
  assert.equal(entries(await send("GET", `users/${ANN}/mailFolders?$top=100`)).length, 12);
});

test("a deleted folder frees its name and keeps its items in Deleted Items; deleted for good it is gone", async (t) => {
  const { send } = await startTestGraph(t);
  const id = await makeIceChat(send, ANN);
  await send("POST", `users/${ANN}/mailFolders/${id}/messages`, toMessage("k"));
  assert.equal((await send("DELETE", `users/${ANN}/mailFolders/${id}`)).status, 204);
  assert.equal(
    entries(await send("GET", `users/${ANN}/mailFolders?${filtered("displayName eq 'ICE Chat'")}`)).length,
    0,
  );
  assert.notEqual(await makeIceChat(send, ANN), id);
  assert.equal(entries(await send("GET", `users/${ANN}/messages`)).length, 1);
  await send("POST", `users/${ANN}/mailFolders/${id}/permanentDelete`, {});
  assert.equal(entries(await send("GET", `users/${ANN}/messages`)).length, 0);
  const gone = await send("POST", `users/${ANN}/mailFolders/${id}/messages`, toMessage("k"));
  assert.equal(gone.status, 404);
  assert.equal(errorCode(gone), "ErrorItemNotFound");
});

test("a mailbox that was made anew is empty and has another root folder", async (t) => {
  const { send, graph } = await startTestGraph(t);
  await makeIceChat(send, ANN);
  const root = async () => text((await send("GET", `users/${ANN}/mailFolders/msgfolderroot?$select=id`)).json.id);
  const setting = async () => (await send("GET", `users/${ANN}/settings/exchange`)).json.primaryMailboxId;
  const [before, settingBefore] = [await root(), await setting()];
  graph.store.recreate(ANN);
  assert.notEqual(await root(), before);
  assert.notEqual(await setting(), settingBefore);
  assert.equal((await send("GET", `users/${ANN}/mailFolders/${before}`)).status, 404);
  await makeIceChat(send, ANN);
});

test("a user is found by id and name, a guest's name needs its number signs encoded", async (t) => {
  const { send } = await startTestGraph(t);
  assert.equal((await send("GET", `users/${ANN}?$select=id`)).json.id, ANN);
  assert.equal((await send("GET", "users/Ann@Example.com")).json.id, ANN);
  const guest = await send("GET", `users/${encodeURIComponent("carl_other.com#EXT#@example.com")}`);
  assert.equal(guest.json.mail, "carl@other.com");
  const cut = await send("GET", "users/carl_other.com#EXT#@example.com");
  assert.equal(cut.status, 404);
  assert.equal(errorCode(cut), "Request_ResourceNotFound");
});

test("mail is compared without case, a proxy address as it is stored", async (t) => {
  const { send } = await startTestGraph(t);
  const count = async (filter: string) => entries(await send("GET", `users?${filtered(filter)}`)).length;
  assert.equal(await count("mail eq 'ANN@example.com'"), 1);
  assert.equal(await count("userPrincipalName eq 'ann@example.com'"), 1);
  assert.equal(await count("proxyAddresses/any(p:p eq 'smtp:a.n@example.com')"), 1);
  assert.equal(await count("proxyAddresses/any(p:p eq 'SMTP:a.n@example.com')"), 0);
  assert.equal(await count("proxyAddresses/any(p:p eq 'smtp:Ann@example.com')"), 0);
  assert.equal(await count("proxyAddresses/any(p:p eq 'SMTP:Ann@example.com')"), 1);
  assert.equal(await count("mail eq 'nobody@example.com' or proxyAddresses/any(p:p eq 'SMTP:Ann@example.com')"), 1);
});

test("proxy addresses are shown when selected only", async (t) => {
  const { send } = await startTestGraph(t);
  assert.equal((await send("GET", `users/${ANN}`)).json.proxyAddresses, undefined);
  const { json } = await send("GET", `users/${ANN}?$select=id,proxyAddresses`);
  assert.deepEqual(json.proxyAddresses, ["SMTP:Ann@example.com", "smtp:a.n@example.com"]);
  assert.equal((await send("GET", `users/${ANN}?$select=proxyAdresses`)).status, 400);
});

test("each way of not having a usable mailbox has its code", async (t) => {
  const { send, graph } = await startTestGraph(t);
  const ask = async (user: string) => {
    const answer = await send("GET", `users/${user}/mailFolders/msgfolderroot`);
    return [answer.status, errorCode(answer)];
  };
  assert.deepEqual(await ask("off@example.com"), [404, "MailboxNotEnabledForRESTAPI"]);
  assert.deepEqual(await ask("nobox@example.com"), [404, "MailboxNotSupportedForRESTAPI"]);
  assert.deepEqual(await ask("stranger@example.com"), [404, "ErrorInvalidUser"]);
  assert.equal((await send("GET", "users/nobox@example.com")).status, 200);
  graph.people.change(ANN, { isInScope: false });
  assert.deepEqual(await ask(ANN), [403, "ErrorAccessDenied"]);
  graph.people.remove(ANN);
  assert.deepEqual(await ask(ANN), [404, "ErrorInvalidUser"]);
});

test("a path or method that is not modelled says so", async (t) => {
  const { send } = await startTestGraph(t);
  assert.equal(errorCode(await send("GET", `users/${ANN}/calendar`)), "StandInDoesNotModel");
  assert.equal((await send("PATCH", `users/${ANN}/messages/x`, {})).status, 501);
  assert.equal((await send("DELETE", `users/${ANN}/messages`)).status, 405);
});

test("a directory file says where and what is wrong", () => {
  const problemsOf = (value: unknown): readonly string[] => {
    try {
      parseDirectory(typeof value === "string" ? value : JSON.stringify(value));
    } catch (error) {
      assert.ok(error instanceof DirectoryFileError);
      assert.match(error.message, /It must look like \[\{"id"/);
      return error.problems;
    }
    return [];
  };
  assert.match(problemsOf("[{")[0] ?? "", /^it is not JSON: .*position/);
  assert.deepEqual(problemsOf({ value: [] }), ["it is JSON, but not a list"]);
  const good = { id: "a", userPrincipalName: "a@example.com" };
  assert.deepEqual(problemsOf([good]), []);
  assert.match(problemsOf([good, { id: "b" }]).join(), /^user 2, id "b", userPrincipalName: /);
  assert.match(problemsOf([{ ...good, mailbox: "off" }]).join(), /user 1, id "a", mailbox: must be "ok"/);
  assert.match(problemsOf([{ ...good, id: "a/b" }]).join(), /user 1, id "a\/b", id: must be letters/);
  assert.match(problemsOf([{ ...good, proxyAddresses: ["a@b.c"] }]).join(), /proxyAddresses\.0: must begin/);
  assert.match(problemsOf([{ ...good, userprincipalname: "x" }]).join(), /is spelt "userPrincipalName"/);
  assert.deepEqual(problemsOf([good, { ...good, userPrincipalName: "A2@example.com" }]), [
    'id "a" is there more than once',
  ]);
  assert.deepEqual(parseDirectory(`\uFEFF${JSON.stringify([good])}`), [
    { ...good, mail: null, proxyAddresses: [], displayName: "", mailbox: "ok" },
  ]);
});
