import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { auditOperations } from "../../../../shared/api/handlers/audit.ts";
import { createRouter } from "../../../../shared/api/router.ts";
import { leaveAudit } from "../../../../shared/pipeline/leave-audit.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { MemoryBlobs } from "../../../support/memory-blobs.ts";
import { textOf, toAsk } from "../ask.ts";

const answerCall = createRouter(auditOperations);
const page = z.object({ items: z.array(z.object({ id: z.string(), at: z.string() })), next: z.string().optional() });

describe("the audit log", () => {
  const blobs = new MemoryBlobs();
  before(async () => {
    const clock = new FakeClock();
    for (let i = 1; i <= 5; i += 1) {
      const asked = { principal: `os:user${i}@host`, by: "operate", action: "release", target: "=1+1" };
      await leaveAudit({ blobs, clock, writer: "w", newId: () => `id${i}` }, asked);
      await clock.turn(12 * 3600 * 1000);
    }
  });

  async function get(path: string): Promise<{ status: number; content: unknown }> {
    const ask = toAsk(`GET ${path}`);
    const asker = { id: "entra:a@b", name: undefined, role: "reader" } as const;
    const { answer } = await answerCall({ ask, path: ask.url.pathname, asker, deps: { blobs } });
    return { status: answer.status, content: answer.content };
  }
  async function list(query = ""): Promise<z.infer<typeof page>> {
    return page.parse(JSON.parse(String((await get(`/audit${query}`)).content)));
  }
  const idsOf = ({ items }: z.infer<typeof page>): string[] => items.map(({ id }) => id);

  test("lists what was asked for, newest first, page by page", async () => {
    const first = await list("?limit=2");
    assert.deepEqual(idsOf(first), ["id5", "id4"]);
    const second = await list(`?limit=2&cursor=${first.next}`);
    assert.deepEqual(idsOf(second), ["id3", "id2"]);
    const last = await list(`?limit=2&cursor=${second.next}`);
    assert.deepEqual([idsOf(last), last.next], [["id1"], undefined]);
    assert.equal(last.items[0]?.at, "2026-06-04T13:00:00.000Z");
  });

  test("keeps its place when there is more meanwhile", async () => {
    const own = new MemoryBlobs();
    const clock = new FakeClock();
    const leave = async (id: string): Promise<void> => {
      await clock.turn(1000);
      const asked = { principal: "p", by: "api", action: "a", target: "t" };
      await leaveAudit({ blobs: own, clock, writer: "w", newId: () => id }, asked);
    };
    for (const id of ["a", "b", "c"]) await leave(id);
    const call = async (query: string): Promise<z.infer<typeof page>> => {
      const ask = toAsk(`GET /audit${query}`);
      const asker = { id: "x", name: undefined, role: "reader" } as const;
      const { answer } = await answerCall({ ask, path: "/audit", asker, deps: { blobs: own } });
      return page.parse(JSON.parse(textOf(answer)));
    };
    const first = await call("?limit=2");
    await leave("d");
    assert.deepEqual(idsOf(await call(`?limit=2&cursor=${first.next}`)), ["a"]);
  });

  test("shows the days that are asked for", async () => {
    assert.deepEqual(idsOf(await list("?from=2026-06-05&to=2026-06-05")), ["id3", "id2"]);
    assert.deepEqual(idsOf(await list("?from=2026-06-06")), ["id5", "id4"]);
    assert.deepEqual(idsOf(await list("?to=2026-06-04")), ["id1"]);
    assert.equal((await get("/audit?from=yesterday")).status, 400);
    assert.equal((await get("/audit?cursor=x")).status, 400);
  });

  test("is a table that no spreadsheet runs, oldest first", async () => {
    const { content } = await get("/audit.csv?to=2026-06-05");
    assert.ok(typeof content === "object" && content !== null && Symbol.asyncIterator in content);
    let text = "";
    for await (const piece of z.custom<AsyncIterable<Buffer>>().parse(content)) text += piece.toString();
    const [head, ...rows] = text.replace("\uFEFF", "").trim().split("\r\n");
    assert.equal(head, "at,principal,by,action,target,details,id");
    assert.equal(rows[0], "2026-06-04T13:00:00.000Z,os:user1@host,operate,release,'=1+1,{},id1");
    assert.equal(rows.length, 3);
  });
});
