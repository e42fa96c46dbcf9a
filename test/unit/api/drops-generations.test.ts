import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "csv-parse/sync";
import type { OperateDeps } from "../../../local/operate/run-command.ts";
import { runCommand } from "../../../local/operate/run-command.ts";
import { generationRoutes, type ItemRow, itemRow } from "../../../shared/api/contract/generations.ts";
import { fetchDue } from "../../../shared/pipeline/fetch-due.ts";
import { csvKinds } from "../../../shared/pipeline/report-csv.ts";
import { fromSafeCell } from "../../../shared/store/safe-cell.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, type Row, rowsOf } from "../../support/small-drop.ts";

const params = { drop: dropOf(1), gen: "1" };
const aDayInMs = 24 * 3600_000;

/** Of ann's items one fails, bob's wait when `waits`, cid has his by the mapping, eve has no mailbox. */
async function richWorld({ waits }: { readonly waits: boolean }): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  world.mailboxOf(oids.ann).mishapOf = (creation) =>
    creation === 2 ? { stores: false, outcome: { type: "refused", reason: "too-large", becauseOf: [] } } : undefined;
  if (waits) world.mailboxOf(oids.bob).rootId = async () => ({ type: "throttled", retryAfterInMs: 5 * 3600_000 });
  const rows: Row[] = [
    ...rowsOf("a", 5),
    ...rowsOf("b", 4).map((row) => ({ ...row, to: ["bob", "cid"] })),
    { id: "lost", from: "eve", to: ["eve"] },
    { id: "half", from: "eve", to: ["ann"] },
  ];
  world.put("a.csv", csvOf(rows));
  world.put("b.csv", csvOf(rowsOf("c", 3)));
  await world.invoke((deps) => fetchDue(deps));
  await world.drain();
  if (!waits) await world.runUntilQuiet();
  return world;
}

function operateDeps(world: PipelineWorld): OperateDeps {
  const { blobs, queues, log, clock, writer } = world.deps;
  return { blobs, queues, log, clock, writer, principal: async () => "os:test" };
}

async function operate(world: PipelineWorld, form: (typeof csvKinds)[number]): Promise<string> {
  const pieces: Buffer[] = [];
  const command = { name: "report", drop: dropOf(1), gen: 1, form } as const;
  for await (const piece of runCommand(operateDeps(world), command)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

async function pagesOf(api: ApiWorld, query: Readonly<Record<string, string>>): Promise<ItemRow[]> {
  const items: ItemRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.ask(generationRoutes.listItems, {
      params,
      query: cursor === undefined ? query : { ...query, cursor },
    });
    assert.deepEqual(page.unreadable, []);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}

/** The table of items as the listing shows it. */
function toItems(csv: string): ItemRow[] {
  const rows: string[][] = parse(csv, { bom: true, from: 2 });
  return rows.map(([key = "", chatDay, source = "", mailbox, outcome = "", reason]) => {
    const [file = "", position] = source.split(":");
    return itemRow.parse({
      ...{ key: fromSafeCell(key), chatDay, file, position: Number(position) },
      ...(mailbox === "" ? {} : { mailbox }),
      outcome,
      ...(reason === "" ? {} : { reason }),
    });
  });
}

for (const [name, waits] of [
  ["running", true],
  ["closed", false],
] as const) {
  test(`each table of a ${name} generation is the operator's own, byte for byte`, async () => {
    const world = await richWorld({ waits });
    const api = new ApiWorld(world);
    for (const kind of csvKinds) {
      const { name: file, text } = await api.download(generationRoutes.downloadTable, { params: { ...params, kind } });
      assert.equal(text, await operate(world, kind), kind);
      assert.equal(file, `${dropOf(1)}-1-${kind}.csv`);
      assert.ok(text.length > 10);
    }
  });

  test(`the items of a ${name} generation come in pages, each once and in the table's order, whatever is asked for`, async () => {
    const world = await richWorld({ waits });
    const api = new ApiWorld(world);
    const all = toItems(await operate(world, "items"));
    assert.deepEqual(await pagesOf(api, { limit: "3" }), all);
    assert.deepEqual(await pagesOf(api, { limit: "500" }), all);
    const outcomes = new Set(all.map(({ outcome }) => outcome));
    assert.deepEqual([...outcomes].sort(), [
      ...(waits ? ["failed", "imported", "open"] : ["failed", "imported"]),
      "unmapped",
    ]);
    for (const outcome of [...outcomes, "skipped"]) {
      const wanted = all.filter((item) => item.outcome === outcome);
      const found = await pagesOf(api, { limit: "2", outcome });
      const known = outcome === "failed" && !waits ? wanted.map(({ chatDay: _day, ...rest }) => rest) : wanted;
      assert.deepEqual(found, known, outcome);
    }
    for (const mailbox of new Set(all.flatMap((item) => item.mailbox ?? []))) {
      const wanted = all.filter((item) => item.mailbox === mailbox);
      assert.deepEqual(await pagesOf(api, { limit: "4", mailbox }), wanted);
      const failed = wanted.filter(({ outcome }) => outcome === "failed");
      assert.deepEqual(await pagesOf(api, { limit: "4", mailbox, outcome: "failed" }), failed);
    }
    const [{ file, key } = { file: "", key: "" }] = all;
    const ofKey = all.filter((item) => item.key === key);
    assert.ok(ofKey.length > 1 && ofKey.length < all.length);
    assert.deepEqual(await pagesOf(api, { limit: "1", key }), ofKey);
    assert.deepEqual(
      await pagesOf(api, { file }),
      all.filter((item) => item.file === file),
    );
    assert.deepEqual(await pagesOf(api, { mailbox: "nobody.0" }), []);
  });
}

test("a report is the stored one, or what is known by now; what was never there is not found", async () => {
  const world = await richWorld({ waits: true });
  const api = new ApiWorld(world);
  const running = await api.ask(generationRoutes.readGeneration, { params });
  assert.deepEqual([running.status, running.state, running.report?.open], ["running", "importing", 12]);
  assert.deepEqual(running.tables, csvKinds);
  const before = api.requests;
  await Promise.all([1, 2, 3].map(() => api.ask(generationRoutes.readGeneration, { params })));
  assert.ok(api.requests - before <= 6, "the report is made once for all who ask at a time");
  Reflect.deleteProperty(world.mailboxOf(oids.bob), "rootId");
  await world.runUntilQuiet();
  const closed = await new ApiWorld(world).ask(generationRoutes.readGeneration, { params });
  const { v: _v, closedAt, ...report } = await world.report(dropOf(1));
  assert.deepEqual([closed.status, closed.report, closed.asOf], ["closed", report, new Date(closedAt).toISOString()]);
  for (const wrong of [
    { ...params, gen: "2" },
    { ...params, drop: dropOf(9) },
  ]) {
    assert.match(await api.refusal(generationRoutes.readGeneration, { params: wrong }), /^not-found/);
    assert.match(await api.refusal(generationRoutes.listItems, { params: wrong }), /^not-found/);
    assert.match(await api.refusal(generationRoutes.listMailboxes, { params: wrong }), /^not-found/);
    assert.match(
      await api.refusal(generationRoutes.downloadTable, { params: { ...wrong, kind: "items" } }),
      /^not-found/,
    );
  }
});

test("the mailboxes come in pages, by state, reason and beginning, with whose they are and why they wait", async () => {
  const world = await richWorld({ waits: true });
  const api = new ApiWorld(world);
  const list = async (query: Readonly<Record<string, string>> = {}) =>
    await api.ask(generationRoutes.listMailboxes, { params, query });
  const first = await list({ limit: "2" });
  const second = await list({ limit: "2", cursor: first.next ?? "" });
  assert.deepEqual(
    [...first.items, ...second.items].map(({ address, state, available, imported, failed, open }) => [
      ...[address, state, available, imported, failed, open],
    ]),
    [
      ["ann@acme.example", "done", 13, 12, 1, 0],
      ["bob@acme.example", "waiting", 12, 0, 0, 12],
      ["cid.internal@acme.example", "done", 4, 4, 0, 0],
    ],
  );
  assert.equal(second.next, undefined);
  assert.deepEqual(
    [...first.items, ...second.items].map(({ progressedAt }) => progressedAt !== undefined),
    [true, false, true],
    "a run of one slice tells when it ended",
  );
  const [bob] = (await list({ state: "waiting" })).items;
  assert.deepEqual([bob?.mailbox, bob?.reason], [`${oids.bob}.0`, "throttled"]);
  assert.ok(Date.parse(bob?.nextAt ?? "") > world.clock.now());
  assert.equal((await list({ reason: "throttled" })).items.length, 1);
  assert.equal((await list({ state: "blocked" })).items.length, 0);
  assert.equal((await list({ mailbox: oids.cid })).items.length, 1);
  assert.deepEqual((await list({ mailbox: oids.cid })).items[0]?.findings?.missing, 0);
});

test("of a cleaned generation that has no stored table the items are refused with the reason, and not shown as none", async () => {
  const world = await richWorld({ waits: false });
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  const api = new ApiWorld(world);
  assert.ok((await pagesOf(api, {})).length > 20);
  await world.blobs.remove(`reports/drop/${dropOf(1)}/1/items.csv`);
  assert.match(
    await api.refusal(generationRoutes.listItems, { params }),
    /^refused: The items of this generation are not there/,
  );
  const table = await api.refusal(generationRoutes.downloadTable, { params: { ...params, kind: "items" } });
  assert.match(table, /^refused: This table is not there/);
});
