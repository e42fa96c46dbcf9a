import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKey } from "openpgp";
import type { Connector } from "../../../shared/config/connector.ts";
import { measure } from "../../../shared/pipeline/measure.ts";
import { measureSecrets } from "../../../shared/pipeline/measure-secrets.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { tasks } from "../../../shared/store/queues.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemorySecrets } from "../../support/memory-secrets.ts";
import { acme, connectorOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { createRecordingLog } from "../../support/recording-log.ts";
import { csvOf, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

async function measureIn(world: PipelineWorld): Promise<void> {
  await measure({ ...world.deps, queueDepths: world.queues });
}

function last(world: PipelineWorld, event: "drops.measured" | "connector.measured"): Record<string, unknown> {
  return { ...world.log.of(event).at(-1)?.fields };
}

test("open and held drops, their age, and what waits in the queues are told", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ itemLimit: 1 }));
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.runFor(20 * minute);
  await world.queues.send("fetches", { v: 1, runId: "by hand", connector: acme }, hour);
  await measureIn(world);
  const { open, held, oldestOpenInMs } = last(world, "drops.measured");
  assert.deepEqual([open, held], [1, 1]);
  assert.ok(Number(oldestOpenInMs) > 10 * minute && Number(oldestOpenInMs) <= 20 * minute, String(oldestOpenInMs));
  assert.deepEqual(
    world.log.of("queue.measured").map(({ fields }) => [fields["queue"], fields["messages"]]),
    Object.keys(tasks).map((queue) => [queue, queue === "fetches" ? 1 : 0]),
  );
});

test("how long no new file has come counts on through fetches that find none, and from the first one where none ever came", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.runFor(2 * day);
  await measureIn(world);
  const before = Number(last(world, "connector.measured")["sinceFileInMs"]);
  assert.ok(before > 1.5 * day && before <= 2 * day, `${before / hour} h`);

  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.runFor(2 * day);
  await measureIn(world);
  const { isPaused, sinceFetchInMs, sinceFileInMs } = last(world, "connector.measured");
  assert.equal(isPaused, false);
  assert.ok(Number(sinceFetchInMs) <= day, `${Number(sinceFetchInMs) / hour} h`);
  assert.ok(Number(sinceFileInMs) > day && Number(sinceFileInMs) <= 2 * day, `${Number(sinceFileInMs) / hour} h`);
});

test("a connector whose configuration cannot be read hides no other, and is not passed over in silence", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.blobs.create("state/connector/aaa", Buffer.from("no JSON"));
  await assert.rejects(measureIn(world), /state\/connector\/aaa is not JSON/);
  assert.deepEqual(
    world.log.of("connector.measured").map(({ fields }) => fields["connector"]),
    [acme],
  );
});

async function toldOf(connector: Connector, secrets: MemorySecrets, clock: FakeClock): Promise<unknown[]> {
  const log = createRecordingLog();
  await measureSecrets({ secrets, log, clock }, connector);
  return log.lines.map(({ event, fields }) => [event, fields["secret"], fields["ageInDays"], fields["expiresInDays"]]);
}

test("a password that was given an end in the vault is told of in time, and one without an end only with its age", async () => {
  const clock = new FakeClock();
  const secrets = new MemorySecrets({ [secretName(acme, "sftp-password")]: "x" }, () => clock.now());
  const password = connectorOf({ encryption: { type: "none" } });
  const dated = (expiresInMs?: number) =>
    secrets.date(secretName(acme, "sftp-password"), {
      createdAt: clock.now() - 10 * day,
      ...(expiresInMs === undefined ? {} : { expiresAt: clock.now() + expiresInMs }),
    });
  dated();
  assert.deepEqual(await toldOf(password, secrets, clock), [["secret.measured", "sftp-password", 10, undefined]]);
  dated(30 * day);
  assert.deepEqual(await toldOf(password, secrets, clock), [["secret.measured", "sftp-password", 10, 30]]);
  dated(30 * day - 1);
  assert.deepEqual(await toldOf(password, secrets, clock), [
    ["secret.measured", "sftp-password", 10, 29],
    ["secret.expires-soon", "sftp-password", 10, 29],
  ]);
  dated(-1);
  assert.deepEqual((await toldOf(password, secrets, clock)).at(-1), ["secret.expires-soon", "sftp-password", 10, -1]);
});

async function keyThatEnds(at: number): Promise<string> {
  const madeAt = at - 365 * day;
  const { privateKey } = await generateKey({
    userIDs: [{ name: "test" }],
    date: new Date(madeAt),
    keyExpirationTime: (at - madeAt) / 1000,
  });
  return privateKey;
}

test("a PGP key ends by its own date; one that is kept for old evidence may", async () => {
  const clock = new FakeClock({ startAt: Date.parse("2026-06-04T00:00:00Z") });
  const [old, current] = [await keyThatEnds(clock.now() + day), await keyThatEnds(clock.now() + 21 * day)];
  const values = { "pgp-private-key-1": old, "pgp-private-key-2": current, "sftp-password": "x" };
  const secrets = new MemorySecrets(
    Object.fromEntries(Object.entries(values).map(([part, value]) => [`icechat-${acme}-${part}`, value])),
  );
  const pgp = connectorOf({ encryption: { type: "pgp", keys: [2, 1], signers: [] } });
  const told = await toldOf(pgp, secrets, clock);
  assert.deepEqual(told, [
    ["secret.measured", "sftp-password", undefined, undefined],
    ["secret.measured", "pgp-private-key-2", undefined, 21],
    ["secret.expires-soon", "pgp-private-key-2", undefined, 21],
  ]);
});
