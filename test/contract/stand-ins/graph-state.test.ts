import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isJsonList, isJsonObject, parseJsonObject } from "../../../local/stand-ins/json.ts";
import {
  ANN,
  BEN,
  byKey,
  entries,
  IMMUTABLE,
  KEY,
  makeFolder,
  makeIceChat,
  makeTls,
  startTestGraph,
  text,
  toMessage,
  toSend,
} from "./graph-fixture.ts";

test("mailboxes come back as they were: items, moves, deletions, folders, a mailbox made anew", async (t) => {
  const stateDir = await makeFolder(t);
  const first = await startTestGraph(t, { stateDir });
  const folder = await makeIceChat(first.send, ANN);
  const ids: string[] = [];
  for (const key of ["a", "b", "c"]) {
    const made = await first.send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage(key), IMMUTABLE);
    ids.push(text(made.json.id));
  }
  await first.send("POST", `users/${ANN}/messages/${ids[0]}/move`, { destinationId: "archive" });
  await first.send("POST", `users/${ANN}/messages/${ids[1]}/permanentDelete`, {});
  await first.send("POST", `users/${BEN}/messages`, toMessage("gone with the mailbox"));
  first.graph.store.recreate(BEN);
  const root = (await first.send("GET", `users/${BEN}/mailFolders/msgfolderroot`)).json.id;
  const before = await first.send("GET", `users/${ANN}/messages?$expand=attachments`, undefined, IMMUTABLE);
  await first.graph.close();

  const { send } = await startTestGraph(t, { stateDir });
  const after = await send("GET", `users/${ANN}/messages?$expand=attachments`, undefined, IMMUTABLE);
  assert.deepEqual(entries(after), entries(before));
  assert.equal(entries(await send("GET", `users/${ANN}/mailFolders/archive/messages`)).length, 1);
  assert.equal(entries(await send("GET", `users/${ANN}/messages?${byKey("b")}`)).length, 0);
  assert.equal((await send("GET", `users/${BEN}/mailFolders/msgfolderroot`)).json.id, root);
  const fourth = await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage("d"), IMMUTABLE);
  assert.equal(fourth.status, 201);
  assert.ok(!ids.includes(text(fourth.json.id)));
});

test("a half-written last line is cut off, and what follows is kept", async (t) => {
  const stateDir = await makeFolder(t);
  const first = await startTestGraph(t, { stateDir });
  await first.send("POST", `users/${ANN}/messages`, toMessage("a"));
  await first.graph.close();
  const journal = join(stateDir, "mailboxes.journal");
  await appendFile(journal, '{"op":"item","user":"');
  const second = await startTestGraph(t, { stateDir });
  await second.send("POST", `users/${ANN}/messages`, toMessage("b"));
  await second.graph.close();
  const third = await startTestGraph(t, { stateDir });
  assert.equal(entries(await third.send("GET", `users/${ANN}/messages`)).length, 2);
  assert.equal((await stat(journal)).mode & 0o777, 0o600);
});

test("a damaged line in the middle stops the start", async (t) => {
  const stateDir = await makeFolder(t);
  await appendFile(join(stateDir, "mailboxes.journal"), '{"op":"itm"}\t\n');
  await assert.rejects(startTestGraph(t, { stateDir }), { name: "ZodError" });
});

test("a killed process loses nothing that it had answered", async (t) => {
  const [stateDir, tls] = [await makeFolder(t), await makeTls(t)];
  const script = fileURLToPath(new URL("graph-in-a-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, stateDir, JSON.stringify({ cert: tls.cert, key: tls.key }), ANN]);
  t.after(() => child.kill("SIGKILL"));
  const [url] = await once(createInterface(child.stdout), "line");
  const send = toSend(String(url));
  let answered = 0;
  const lane = async (name: string): Promise<void> => {
    for (;;) {
      const { status } = await send("POST", `users/${ANN}/messages`, toMessage(`${name}-${answered}`));
      assert.equal(status, 201);
      answered += 1;
      if (answered === 60) child.kill("SIGKILL");
    }
  };
  await Promise.allSettled([lane("a"), lane("b"), lane("c")]);
  const { send: sendAgain } = await startTestGraph(t, { stateDir });
  const kept = entries(await sendAgain("GET", `users/${ANN}/messages?$top=1000&$select=id`)).length;
  assert.ok(kept >= answered && kept <= answered + 3, `${answered} answered, ${kept} kept`);
});

test("the export holds each message with its properties and files, by user and folder", async (t) => {
  const folder = await makeFolder(t);
  const { send, graph } = await startTestGraph(t);
  const ice = await makeIceChat(send, ANN);
  const attachment = { "@odata.type": "#microsoft.graph.fileAttachment", name: "ä.txt", contentBytes: "aGk=" };
  await send("POST", `users/${ANN}/mailFolders/${ice}/messages`, toMessage("a", { attachments: [attachment] }));
  await send("POST", `users/${ANN}/mailFolders/${ice}/messages`, toMessage("b", {}, "2026-06-03T09:16:00Z"));
  await graph.exportTo(join(folder, "out.json"));
  const out = parseJsonObject(await readFile(join(folder, "out.json"), "utf8"));
  assert.deepEqual(Object.keys(out), [ANN, BEN]);
  assert.deepEqual(out[BEN], {});
  const messages =
    isJsonObject(out[ANN]) && isJsonList(out[ANN]["ICE Chat"]) ? out[ANN]["ICE Chat"].filter(isJsonObject) : [];
  assert.deepEqual(
    messages.map(({ subject }) => subject),
    ["ICE Chat: b", "ICE Chat: a"],
  );
  const [, first] = messages;
  assert.ok(isJsonList(first?.attachments) && isJsonObject(first.attachments[0]));
  assert.equal(first.attachments[0].contentBytes, "aGk=");
  assert.ok(isJsonList(first.singleValueExtendedProperties));
  assert.deepEqual(first.singleValueExtendedProperties.at(-1), { id: KEY, value: "a" });
  await assert.rejects(graph.exportTo(join(folder, "no", "such", "folder.json")), { code: "ENOENT" });
});

test("every request is written down with its body and without its token, lost replies too", async (t) => {
  const requestsFile = join(await makeFolder(t), "requests.jsonl");
  const { send, graph } = await startTestGraph(t, { requestsFile });
  graph.faults.add({ match: { method: "POST" }, action: { kind: "hang-up" } });
  await assert.rejects(send("POST", `users/${ANN}/messages`, toMessage("a"), IMMUTABLE));
  await send("GET", `users/${ANN}/messages?${byKey("a")}`);
  const written = await readFile(requestsFile, "utf8");
  assert.doesNotMatch(written, /Bearer test/);
  const [post, get] = written.trimEnd().split("\n").map(parseJsonObject);
  assert.equal(post?.method, "POST");
  assert.equal(post?.url, `${graph.url}/v1.0/users/${ANN}/messages`);
  assert.ok(isJsonObject(post?.headers));
  assert.equal(post.headers.prefer, IMMUTABLE.prefer);
  assert.deepEqual(post.body, toMessage("a"));
  assert.equal(get?.body, null);
});
