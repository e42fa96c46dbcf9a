import assert from "node:assert/strict";
import { test } from "node:test";
import { chatDay, objectId } from "../../../shared/chat/identifiers.ts";
import type { Graph, GraphReply, GraphRequest } from "../../../shared/graph/graph.ts";
import { GraphMailbox } from "../../../shared/import/graph-mailbox.ts";
import { Ledger, LedgerWriter } from "../../../shared/import/ledger.ts";
import { toInternetMessageId } from "../../../shared/import/message-ids.ts";
import { itemOf } from "../../contract/import/mailbox-contract.ts";
import { chatLineOf, ImportWorld, ids, keyOf, sentAt } from "../../support/import-world.ts";

const day = chatDay.parse("2026-06-03");

function graphOf(answer: (request: GraphRequest) => { status: number; body: unknown }): Graph {
  return {
    request: async (request): Promise<GraphReply> => ({
      ...answer(request),
      headers: new Headers(),
      requestId: "r",
      receivedAt: 0,
    }),
  };
}

function mailboxOf(graph: Graph): GraphMailbox {
  return new GraphMailbox(graph, objectId.parse(ids.oid), { requestTimeoutInMs: 1000 });
}

async function keysOf(pages: readonly (readonly [id: string, word: string][])[]): Promise<string[]> {
  const mailbox = mailboxOf(
    graphOf(({ path }) => {
      const n = Number(/page=(\d)/.exec(path)?.[1] ?? 0);
      const value = (pages[n] ?? []).map(([id, word]) => ({
        id,
        internetMessageId: toInternetMessageId(keyOf(word), ids.feed),
      }));
      const next = n + 1 < pages.length ? { "@odata.nextLink": `https://graph.example/v1.0/x?page=${n + 1}` } : {};
      return { status: 200, body: { value, ...next } };
    }),
  );
  const keys: string[] = [];
  for await (const page of mailbox.listKeys("folder", day)) if (page.type === "value") keys.push(...page.value);
  return keys;
}

test("an item that comes on two pages, because something was put into the folder in between, is no double", async () => {
  const pages = [
    [
      ["1", "a"],
      ["2", "b"],
    ],
    [
      ["2", "b"],
      ["3", "c"],
    ],
  ] as const;
  const keys = await keysOf(pages.map((page) => page.map(([id, word]): [string, string] => [id, word])));
  assert.deepEqual(
    keys,
    ["a", "b", "c"].map((word) => keyOf(word)),
  );
});

test("two items with one key are a double, on whichever pages they come", async () => {
  const keys = await keysOf([
    [
      ["1", "a"],
      ["2", "a"],
    ],
    [["3", "a"]],
  ]);
  assert.equal(keys.length, 3);
});

test("an item whose Message-ID Graph has replaced deviates: it could not be found by it", async () => {
  const item = itemOf("one");
  const at = new Date(item.sentAt).toISOString();
  const made = (internetMessageId: string) => ({
    status: 201,
    body: {
      ...{ id: "AAMk", isDraft: false, receivedDateTime: at, sentDateTime: at, parentFolderId: "f", internetMessageId },
    },
  });
  const kept = await mailboxOf(graphOf(() => made(item.internetMessageId))).create("f", item);
  assert.deepEqual(kept, { type: "created", graphId: "AAMk", deviations: [] });
  const replaced = await mailboxOf(graphOf(() => made("<LO2P265MB@prod.outlook.com>"))).create("f", item);
  assert.deepEqual(replaced, { type: "created", graphId: "AAMk", deviations: ["message-id"] });
  const { internetMessageId: _, ...message } = item.message;
  const degraded = await mailboxOf(graphOf(() => made("<x@y>"))).create("f", { ...item, message });
  assert.deepEqual(degraded, { type: "created", graphId: "AAMk", deviations: [] });
});

test("verify does not call an item unrecorded that another drop's waiting run is still looking for", async () => {
  const world = new ImportWorld();
  const key = keyOf("elsewhere");
  const ledger = await Ledger.read({ blobs: world.blobs, blocksPerFile: 4 }, day, ids.mailbox);
  await ledger.append(new LedgerWriter("other", 0), [{ type: "I", key, at: world.clock.now(), flag: "new" }]);
  await world.begin([{ item: chatLineOf("one") }]);
  world.mailbox.onCreate = async (moment, { key: created }) => {
    const [item] = world.mailbox.items;
    if (moment === "after" && created === keyOf("one") && item !== undefined) {
      world.mailbox.items.push({ ...item, graphId: "its", key, receivedAt: sentAt });
    }
  };
  await world.runToEnd();
  const summary = (await world.result()).at(-1);
  assert(summary?.type === "summary");
  assert.equal(summary.verify.unrecorded, 0);
  assert.equal(world.log.of("verify.found").length, 0);
});
