import assert from "node:assert/strict";
import { request } from "node:http";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { MailboxPage } from "../../../local/mailbox-page/start-mailbox-page.ts";
import { startMailboxPage } from "../../../local/mailbox-page/start-mailbox-page.ts";
import type { GraphFixture } from "./graph-fixture.ts";
import { ANN, makeIceChat, startTestGraph, toMessage } from "./graph-fixture.ts";

const EVIL = `<script>alert(1)</script>"><img src=x onerror='alert(2)'>`;

async function start(t: TestContext): Promise<GraphFixture & { page: MailboxPage; folder: string }> {
  const fixture = await startTestGraph(t);
  const { people, store } = fixture.graph;
  const page = await startMailboxPage({ people, store });
  t.after(() => page.close());
  return { ...fixture, page, folder: await makeIceChat(fixture.send, ANN) };
}

async function open(page: MailboxPage, path: string): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(page.url + path);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Follows the first link with this text. */
async function follow(page: MailboxPage, text: string, link: string): Promise<string> {
  const href = [...text.matchAll(/<a href="([^"]+)">([^<]*)<\/a>/g)].find(([, , label]) => label === link)?.[1];
  assert.ok(href !== undefined, `no link ${link} in ${text}`);
  return (await open(page, href)).text;
}

test("one gets from the people to a mailbox, a folder, an item and its text", async (t) => {
  const { page, send, folder } = await start(t);
  await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage("k"));
  const people = (await open(page, "/")).text;
  assert.match(people, /<span class="badge">disabled<\/span>/);
  const mailbox = await follow(page, people, "Ann");
  assert.equal((await fetch(page.mailboxUrl(ANN))).status, 200);
  const items = await follow(page, mailbox, "ICE Chat");
  assert.match(items, /2026-06-03 09:15:30/);
  const item = await follow(page, items, "ICE Chat: k");
  assert.match(item, /&lt;k@icechat\.example&gt;/);
  assert.match(item, /IceChatImportKey/);
  const [, frame = ""] = /<iframe sandbox title="[^"]*" src="([^"]+)">/.exec(item) ?? [];
  assert.equal((await open(page, frame)).text, "<p>k</p>");
});

test("nothing that people wrote becomes part of a page, and a text's own markup cannot run or call out", async (t) => {
  const { page, send, folder } = await start(t);
  const over = {
    subject: EVIL,
    from: { emailAddress: { name: EVIL, address: EVIL } },
    internetMessageId: `<${EVIL}>`,
    body: { contentType: "html", content: EVIL },
    attachments: [
      { "@odata.type": "#microsoft.graph.fileAttachment", name: EVIL, contentType: EVIL, contentBytes: "aGk=" },
    ],
  };
  assert.equal((await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage(EVIL, over))).status, 201);
  for (const path of [`/mailbox/${ANN}/9`, `/mailbox/${ANN}/9/1`]) {
    const { status, text, headers } = await open(page, path);
    assert.equal(status, 200);
    assert.match(text, /&lt;script&gt;/);
    assert.doesNotMatch(text, /<script|<img/);
    assert.match(
      headers.get("content-security-policy") ?? "",
      /^default-src 'none'; style-src 'self'; frame-src 'self';/,
    );
  }
  const body = await open(page, `/mailbox/${ANN}/9/1/body`);
  assert.equal(body.text, EVIL);
  assert.match(body.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
});

test("a folder's items come in pages", async (t) => {
  const { page, send, folder } = await start(t);
  for (let at = 0; at < 51; at += 1) {
    await send("POST", `users/${ANN}/mailFolders/${folder}/messages`, toMessage(`k${at}`));
  }
  const first = (await open(page, `/mailbox/${ANN}/9`)).text;
  assert.match(first, /Page 1 of 2/);
  const second = await follow(page, first, "Next");
  assert.match(second, /ICE Chat: k0</);
  assert.doesNotMatch(second, /ICE Chat: k1</);
});

test("what is not there, what would change something and another host's name are refused", async (t) => {
  const { page } = await start(t);
  for (const path of ["/nothing", "/mailbox/none", `/mailbox/${ANN}/99`, `/mailbox/${ANN}/9/7`, "/mailbox/%zz"]) {
    assert.equal((await open(page, path)).status, 404, path);
  }
  assert.equal((await fetch(page.url, { method: "POST" })).status, 405);
  const status = await new Promise((resolve, reject) => {
    const asked = request(page.url, { headers: { host: "evil.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once("error", reject).end();
  });
  assert.equal(status, 421);
});
