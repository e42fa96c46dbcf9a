import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connector } from "../../../shared/config/connector.ts";
import { fetchNow } from "../../../shared/pipeline/fetch-due.ts";
import { readFetchRecord } from "../../../shared/pipeline/fetch-record.ts";
import { paths } from "../../../shared/store/paths.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, rowsOf } from "../../support/small-drop.ts";

/** A fetch that is about to begin when an admin does something; and the sites that are asked. */
async function startLate(meanwhile: (world: PipelineWorld) => Promise<void>) {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const hosts: string[] = [];
  const { openSite } = world.deps;
  const counted = async (connector: Connector, signal: AbortSignal) => {
    hosts.push(connector.site.host);
    return await openSite(connector, signal);
  };
  const lease = world.blobs.lease.bind(world.blobs);
  let isDone = false;
  world.blobs.lease = async (path, durationInMs) => {
    if (path === paths.lock(`fetch-${acme}`) && !isDone) {
      isDone = true;
      await meanwhile(world);
    }
    return await lease(path, durationInMs);
  };
  return { world, hosts, fetch: () => fetchNow({ ...world.deps, openSite: counted }, acme) };
}

const remove = (world: PipelineWorld) => world.blobs.remove(paths.connector(acme));

test("a connector that is pointed elsewhere while its fetch begins is not signed in to at the old site", async () => {
  const other = connectorOf();
  const site = { ...other.site, host: "other.example" };
  const { hosts, fetch } = await startLate((world) => world.save({ ...other, site }));
  assert.equal(await fetch(), "fetched");
  assert.deepEqual(hosts, ["other.example"]);
});

test("a connector that is deleted while its fetch begins is not fetched, and nothing is noted of it", async () => {
  const { world, hosts, fetch } = await startLate(remove);
  assert.equal(await fetch(), "gone");
  assert.deepEqual(hosts, []);
  assert.equal(await readFetchRecord(world.blobs, acme), undefined);
  assert.deepEqual(world.log.of("connector.fetch-failed"), []);
  assert.equal(await fetch(), "gone", "asked for before, and come late");
});

test("a connector that is gone while a drop of it is open is a fault that somebody hears of; set up again, the drop goes on", async () => {
  const { world, fetch } = await startLate(async () => undefined);
  world.put("a.csv", csvOf(rowsOf("a", 1)));
  // Nobody takes the messages yet, so the drop stays open.
  assert.equal(await fetch(), "fetched");
  await world.blobs.remove(paths.connector(acme));
  await assert.rejects(fetch(), /There is no connector "acme"/);
  assert.equal(world.log.of("connector.fetch-failed").length, 1);
  await world.save(connectorOf());
  await world.runFor(30 * 60_000);
  assert.equal((await world.drop(dropOf(1))).state, "closed");
});
