import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorRoutes } from "../../../shared/api/contract/connectors.ts";
import { draftRoutes } from "../../../shared/api/contract/drafts.ts";
import { keyRoutes } from "../../../shared/api/contract/keys.ts";
import { mappingRoutes } from "../../../shared/api/contract/mapping.ts";
import { siteDay, toDropId } from "../../../shared/chat/identifiers.ts";
import { type Connector, connector } from "../../../shared/config/connector.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";
import { fetchRecord, readFetchRecord } from "../../../shared/pipeline/fetch-record.ts";
import { paths } from "../../../shared/store/paths.ts";
import { createDocument } from "../../../shared/store/state-document.ts";
import { acme, SetupWorld } from "../../support/setup-world.ts";

const hostKey = `SHA256:${"A".repeat(43)}`;
const otherKey = `SHA256:${"B".repeat(43)}`;
const writer = { writer: "test" };

async function start(change: Partial<Connector> = {}): Promise<SetupWorld> {
  const world = new SetupWorld();
  const site = { host: "sftp.example", user: "ACME01", hostKeys: [hostKey] };
  const value = connector.parse({ v: 1, name: acme, feed: "ACME01", site, ...change });
  await createDocument(world.blobs, paths.connector(acme), connector, value, writer);
  await world.secrets.set("icechat-acme-sftp-password", "marked-password");
  return world;
}

async function putDrop(world: SetupWorld, day: string, state: "held" | "importing" | "closed", seq = 1): Promise<void> {
  const id = toDropId(acme, siteDay.parse(day), seq);
  const drop = dropState.parse({
    ...{ v: 1, id, connector: acme, feed: "ACME01", siteDay: day, seq, gen: 1, state, files: [], items: 7 },
    ...{ openedAt: 1, movedAt: 2, ...(state === "closed" ? { closedAt: 3 } : {}) },
  });
  await createDocument(world.blobs, state === "closed" ? paths.closed(id) : paths.open(id), dropState, drop, writer);
}

test("connectors are listed with their last drop, open work and the ages of what they use", async () => {
  const world = await start();
  const now = Date.UTC(2026, 5, 4, 12);
  world.now = () => now;
  await putDrop(world, "2026-05-30", "closed");
  await putDrop(world, "2026-06-03", "held");
  await putDrop(world, "2026-06-02", "importing");
  const [shown] = (await world.do(connectorRoutes.listConnectors)).body.items;
  assert.deepEqual(
    [shown?.name, shown?.isPaused, shown?.host, shown?.openDrops, shown?.heldDrops],
    [acme, false, "sftp.example", 2, 1],
  );
  assert.deepEqual([shown?.lastDrop?.drop, shown?.lastDrop?.state], ["acme-2026-06-03-1", "held"]);
  assert.deepEqual(shown?.fetches?.nextAt, "2026-06-05T06:00:00.000Z");
  assert.deepEqual(
    shown?.secrets?.map(({ kind, number, isSet }) => [kind, number, isSet]),
    [
      ["sftp-password", undefined, true],
      ["pgp-key", 1, false],
    ],
  );
});

test("the last drop is found however long ago it was, and among ten of one day", async () => {
  const world = await start();
  world.now = () => Date.UTC(2026, 5, 4);
  await putDrop(world, "2025-01-01", "closed");
  await putDrop(world, "2025-01-02", "closed", 9);
  await putDrop(world, "2025-01-02", "closed", 10);
  const { lastDrop } = (await world.do(connectorRoutes.readConnector)).body;
  assert.equal(lastDrop?.drop, "acme-2025-01-02-10");
});

test("a connector that cannot be read is listed with its problem and hides no other", async () => {
  const world = await start();
  await world.blobs.create("state/connector/broken", Buffer.from("{}"));
  const { items } = (await world.do(connectorRoutes.listConnectors)).body;
  assert.deepEqual(
    items.map(({ name, problem }) => [name, problem === undefined]),
    [
      ["acme", true],
      ["broken", false],
    ],
  );
});

test("many connectors come page by page", async () => {
  const world = await start();
  const first = await world.do(connectorRoutes.listConnectors, { query: { limit: "1" } });
  assert.equal(first.body.next, undefined);
  await world.blobs.create("state/connector/broken", Buffer.from("{}"));
  const page = await world.do(connectorRoutes.listConnectors, { query: { limit: "1" } });
  const rest = await world.do(connectorRoutes.listConnectors, { query: { limit: "1", cursor: page.body.next ?? "" } });
  assert.deepEqual([page.body.items[0]?.name, rest.body.items[0]?.name, rest.body.next], ["acme", "broken", undefined]);
});

test("a refusal of the site is told with what to do, and fetching by hand lets the site be asked again", async () => {
  const world = await start();
  const until = Date.UTC(2026, 5, 4, 13);
  const record = { v: 1 as const, triedAt: 5, unsettled: 0, refused: { reason: "authentication-failed", until } };
  await createDocument(world.blobs, paths.fetch(acme), fetchRecord, record, writer);
  const { fetches } = (await world.do(connectorRoutes.readConnector)).body;
  assert.equal(fetches.refused?.until, "2026-06-04T13:00:00.000Z");
  assert.match(fetches.refused?.message ?? "", /Check the user name/);
  await world.do(connectorRoutes.fetchConnector);
  assert.equal((await readFetchRecord(world.blobs, acme))?.refused, undefined);
  assert.equal(world.queues.take("fetches")?.task.connector, acme);
});

test("a site is not signed in to without end by fetching it by hand", async () => {
  const world = await start();
  for (let tries = 0; tries < 10; tries += 1) await world.do(connectorRoutes.fetchConnector);
  const left = (await world.audit()).length;
  const refusal = await world.ask("fetchConnector");
  assert.equal(refusal.status, 429);
  assert.equal((await world.audit()).length, left, "what was refused leaves no record");
});

test("settings are changed one by one, and taken back to their defaults by null", async () => {
  const world = await start();
  const { etag } = await world.do(connectorRoutes.readConnector);
  const first = await world.do(connectorRoutes.changeConnector, {
    body: { zone: "Europe/London", site: { folder: "/out", include: ["*.pgp"] }, item: { recipientCap: 5 } },
    ifMatch: etag,
  });
  const { connector: changed } = first.body;
  assert.deepEqual(
    [changed.zone, changed.site.folder, changed.site.host, changed.item.recipientCap, changed.item.itemClass],
    ["Europe/London", "/out", "sftp.example", 5, "IPM.Note"],
  );
  const second = await world.do(connectorRoutes.changeConnector, {
    body: { zone: null, site: { include: null } },
    ifMatch: first.etag,
  });
  assert.deepEqual([second.body.connector.zone, second.body.connector.site.include], ["UTC", undefined]);
  const [, record] = (await world.audit()).filter(({ action }) => action === "change-connector");
  assert.deepEqual(record?.details, { fields: ["zone", "site.include"] });
});

test("of two admins who change at once the second is told, whatever fields they meant", async () => {
  const world = await start();
  const { etag } = await world.do(connectorRoutes.readConnector);
  const one = world.ask("changeConnector", { body: { zone: "Europe/London" }, ifMatch: etag });
  const other = world.ask("changeConnector", { body: { itemLimit: 5 }, ifMatch: etag });
  assert.deepEqual(
    (await Promise.all([one, other])).map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 412],
  );
});

test("name, feed and key numbers cannot be changed", async () => {
  const world = await start();
  const { etag } = await world.do(connectorRoutes.readConnector);
  for (const body of [{ name: "other" }, { feed: "OTHER" }, { encryption: { type: "pgp", keys: [9] } }]) {
    assert.equal((await world.ask("changeConnector", { body, ifMatch: etag })).status, 400, JSON.stringify(body));
  }
});

test("another host or port needs its own host keys", async () => {
  const world = await start();
  const { etag } = await world.do(connectorRoutes.readConnector);
  for (const site of [{ host: "other.example" }, { port: 2222 }]) {
    const { status, faults } = await world.ask("changeConnector", { body: { site }, ifMatch: etag });
    assert.equal(status, 400);
    assert.match(faults[0] ?? "", /^site\.hostKeys: name the host keys/);
  }
  const site = { host: "other.example", hostKeys: [otherKey] };
  const { body } = await world.do(connectorRoutes.changeConnector, { body: { site }, ifMatch: etag });
  assert.deepEqual(body.connector.site.hostKeys, [otherKey]);
  const record = (await world.audit()).find(({ action }) => action === "change-connector");
  assert.deepEqual(record?.details.host, "other.example");
});

test("a hold list is chosen only once there is one, and no automatic mapping only with a mapping", async () => {
  const world = await start();
  const { etag } = await world.do(connectorRoutes.readConnector);
  for (const [body, fault] of [
    [{ people: { type: "list" } }, "people.file"],
    [{ mapping: { isAutomatic: false } }, "mapping.file"],
  ] as const) {
    const { status, faults } = await world.ask("changeConnector", { body, ifMatch: etag });
    assert.deepEqual([status, faults[0]?.split(":")[0]], [400, fault]);
  }
  await world.do(mappingRoutes.replaceHoldList, { upload: "Mailbox\nann@acme.example\n" });
  await world.do(connectorRoutes.changeConnector, { body: { people: { type: "list" } }, ifMatch: etag });
});

test("a connector that goes over to plain files and back has its keys again", async () => {
  const world = await start({ encryption: { type: "pgp", keys: [2, 1], signers: [] } });
  await world.secrets.set("icechat-acme-pgp-private-key-1", "a");
  await world.secrets.set("icechat-acme-pgp-private-key-2", "b");
  const { etag } = await world.do(connectorRoutes.readConnector);
  const plain = await world.do(connectorRoutes.changeConnector, {
    body: { encryption: { type: "none" } },
    ifMatch: etag,
  });
  const { body } = await world.do(connectorRoutes.changeConnector, {
    body: { encryption: { type: "pgp" } },
    ifMatch: plain.etag,
  });
  assert.deepEqual(body.connector.encryption, { type: "pgp", keys: [2, 1], signers: [] });
});

test("a paused connector is not fetched by hand either; paused twice it is paused once", async () => {
  const world = await start();
  await world.do(connectorRoutes.pauseConnector);
  const { body } = await world.do(connectorRoutes.pauseConnector);
  assert.deepEqual([body.connector.isPaused, body.fetches.nextAt], [true, undefined]);
  assert.equal((await world.ask("fetchConnector")).status, 409);
  await world.do(connectorRoutes.resumeConnector);
  assert.deepEqual(
    (await world.audit()).map(({ action }) => action),
    ["pause-connector", "resume-connector"],
  );
});

test("a connector is not deleted while a drop of it is open, nor while it is being fetched", async () => {
  const world = await start();
  await putDrop(world, "2026-06-03", "importing");
  const { etag } = await world.do(connectorRoutes.readConnector);
  const open = await world.ask("deleteConnector", { ifMatch: etag });
  assert.deepEqual([open.status, /acme-2026-06-03-1/.test(open.detail)], [409, true]);
  await world.blobs.remove("state/open/acme-2026-06-03-1");
  const lease = await world.blobs.lease(paths.lock("fetch-acme"), 60_000);
  assert.equal((await world.ask("deleteConnector", { ifMatch: etag })).status, 409);
  await lease?.release();
  assert.equal((await world.ask("deleteConnector", { ifMatch: etag })).status, 200);
});

test("a deleted connector leaves evidence, files' records and PGP keys, and no password in wait", async () => {
  const world = await start();
  await world.secrets.set("icechat-acme-pgp-private-key-1", "old");
  await world.blobs.create("evidence/ACME01/2026-06-03/acme/x-1-2", Buffer.from("x"));
  await world.blobs.create("state/file/acme/2026-06-03/abc", Buffer.from("x"));
  const { etag } = await world.do(connectorRoutes.readConnector);
  assert.equal((await world.ask("deleteConnector", { ifMatch: `"other"` })).status, 412);
  const { body } = await world.do(connectorRoutes.deleteConnector, { ifMatch: etag });
  assert.ok(body.stays.length > 0 && body.gone.length > 0);
  assert.equal((await world.ask("readConnector")).status, 404);
  assert.equal((await world.ask("deleteConnector", { ifMatch: etag })).status, 404);
  assert.equal(await world.secrets.getOptional("icechat-acme-sftp-password"), undefined);
  assert.equal(await world.secrets.getOptional("icechat-acme-pgp-private-key-1"), "old");
  for (const path of ["evidence/ACME01/2026-06-03/acme/x-1-2", "state/file/acme/2026-06-03/abc"] as const) {
    assert.ok((await world.blobs.head(path)) !== undefined, path);
  }
  const { body: again } = await world.do(draftRoutes.createDraft, { body: { name: acme } });
  assert.deepEqual(again.keys, [1], "old evidence can be opened by the next connector of the name");
});

test("a deletion that broke off is done by another one", async () => {
  const world = await start();
  await world.do(mappingRoutes.replaceMapping, { upload: "ImId,Mailbox\na,a@b.example\n" });
  const remove = world.blobs.remove.bind(world.blobs);
  for (const failing of [paths.mapping(acme), paths.fetch(acme), paths.connector(acme)]) {
    world.blobs.remove = async (path, etag) => {
      if (path === failing) throw new Error("storage is away");
      await remove(path, etag);
    };
    const { etag } = await world.do(connectorRoutes.readConnector);
    await assert.rejects(world.ask("deleteConnector", { ifMatch: etag }), /away/);
  }
  world.blobs.remove = remove;
  const { etag, body } = await world.do(connectorRoutes.readConnector);
  assert.equal(body.connector.isPaused, true, "half deleted it fetches nothing");
  await world.do(connectorRoutes.deleteConnector, { ifMatch: etag });
  assert.equal((await world.ask("readConnector")).status, 404);
});

test("a reader sees connectors and changes none", async () => {
  const world = await start();
  for (const endpoint of ["listConnectors", "readConnector", "listSecrets", "readMapping", "readHoldList"] as const) {
    assert.equal((await world.ask(endpoint, { role: "reader" })).status, 200, endpoint);
  }
  const changes = [
    ...["changeConnector", "deleteConnector", "pauseConnector", "resumeConnector", "fetchConnector"],
    ...["setPassword", "generateSshKey", "uploadSshKey", "switchSshKey", "generatePgpKey", "uploadPgpKey"],
    ...["validateConnection", "replaceMapping", "checkMapping", "testPerson", "replaceHoldList", "checkHoldList"],
  ] as const;
  for (const endpoint of changes) {
    assert.equal((await world.ask(endpoint, { role: "reader", body: {} })).status, 403, endpoint);
  }
  assert.deepEqual(await world.audit(), []);
  assert.equal((await world.do(keyRoutes.listSecrets)).body.items.length, 2);
});
