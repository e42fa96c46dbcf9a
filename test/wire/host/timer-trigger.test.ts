import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Bench, type HostUnderTest, openBench, until } from "./host-under-test.ts";

const everySecond = { TICK_SCHEDULE: "* * * * * *" };

suite("timer triggers", { concurrency: 3 }, () => {
  let bench: Bench;
  let apps = 0;
  before(async () => {
    bench = await openBench();
  });
  after(() => bench.release());

  /** A host id of its own: locks and schedules of one test must not reach into another. */
  const newId = (): Record<string, string> => ({ AzureFunctionsWebHost__hostid: `timers${++apps}` });

  function ticks(apps: readonly HostUnderTest[]): number[] {
    return apps.map((app) => app.runs("tick").length);
  }

  test("runs in one of two hosts, and in the other when the first is stopped", async (t) => {
    const settings = { ...everySecond, ...newId() };
    const first = await bench.start(t, { settings });
    const second = await bench.start(t, { settings });
    await until("the first has run twice", () => first.runs("tick").length >= 2);
    assert.equal(second.runs("tick").length, 0);
    await first.host.stop();
    await until("the second has run twice", () => second.runs("tick").length >= 2);
    const occurrences = [first, second].flatMap((app) =>
      app.lines.flatMap(({ message }) => /Timer fired at (\S+?)\.\d+Z/.exec(message)?.[1] ?? []),
    );
    assert.equal(new Set(occurrences).size, occurrences.length, "an occurrence ran in both hosts");
  });

  test("leaves the lock to a second host only after its period when the first is killed", async (t) => {
    const settings = { ...everySecond, ...newId() };
    const first = await bench.start(t, { settings });
    const second = await bench.start(t, { settings });
    await until("the first has run", () => first.runs("tick").length >= 1);
    await first.host.kill();
    await delay(3_000);
    assert.deepEqual(ticks([second]), [0]);
  });

  test("tells a function about its schedule", async (t) => {
    const app = await bench.start(t, { settings: { ...everySecond, ...newId() } });
    await until("it has run twice", () => app.runs("tick").length >= 2);
    const timers = app
      .runs("tick")
      .map(({ input }) => (typeof input === "object" && "timer" in input ? input.timer : {}));
    const text = JSON.stringify(timers[1]);
    assert.match(text, /"isPastDue":false/);
    assert.match(text, /"schedule":\{"adjustForDST":true\}/);
    assert.match(text, /"scheduleStatus":\{"last":"20\d\d-[^"]+","next":"20\d\d-[^"]+","lastUpdated":"20\d\d-[^"]+"\}/);
  });

  test("runs a missed occurrence at the next start, marked past due, and an occurrence that was not missed not at all", async (t) => {
    const id = newId();
    const hourly = { settings: { TICK_SCHEDULE: "0 0 * * * *", ...id } };
    const first = await bench.start(t, hourly);
    const status = bench
      .container("azure-webjobs-hosts")
      .getBlockBlobClient(`timers/${id.AzureFunctionsWebHost__hostid}/Host.Functions.tick/status`);
    await until("the schedule is recorded", () => status.exists());
    await first.host.stop();
    const second = await bench.start(t, hourly);
    await delay(1_000);
    assert.deepEqual(ticks([first, second]), [0, 0]);
    await second.host.stop();

    const missed = new Date(Date.now() - 3 * 3_600_000);
    missed.setUTCMinutes(0, 0, 0);
    const before = new Date(missed.getTime() - 3_600_000).toISOString();
    const recorded = JSON.stringify({ Last: before, Next: missed.toISOString(), LastUpdated: before });
    await status.upload(recorded, recorded.length);
    const third = await bench.start(t, hourly);
    await until("the missed occurrence has run", () => third.runs("tick").length === 1);
    assert.match(JSON.stringify(third.runs("tick")[0]?.input), /"isPastDue":true/);
  });

  test("repeats a failing function as its retry option says", async (t) => {
    const id = newId();
    const status = bench
      .container("azure-webjobs-hosts")
      .getBlockBlobClient(`timers/${id.AzureFunctionsWebHost__hostid}/Host.Functions.yearly/status`);
    const year = new Date().getUTCFullYear();
    const [last, next] = [`${year - 1}-01-01T00:00:00+00:00`, `${year}-01-01T00:00:00+00:00`];
    const recorded = JSON.stringify({ Last: last, Next: next, LastUpdated: last });
    await bench.container("azure-webjobs-hosts").createIfNotExists();
    await status.upload(recorded, recorded.length);
    const app = await bench.start(t, { settings: id });
    await until("it has been tried three times", () => app.runs("yearly").length === 3);
    const tries = app.runs("yearly").map(({ retry }) => [retry?.retryCount, retry?.maxRetryCount]);
    assert.deepEqual(tries, [
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    await delay(1_500);
    assert.equal(app.runs("yearly").length, 3);
  });

  test("runs a timer function once at the start or on demand", async (t) => {
    const app = await bench.start(t, { settings: newId(), runAtStart: ["tick"] });
    await until("it has run at the start", () => app.runs("tick").length === 1);
    assert.equal(await app.host.runTimer("tick"), true);
    const admin = `http://127.0.0.1:${app.host.httpPort}/admin/functions`;
    assert.equal((await fetch(`${admin}/tick`, { method: "POST", body: '{"input":""}' })).status, 202);
    await until("it has run three times", () => app.runs("tick").length === 3);
    assert.equal((await fetch(`${admin}/takeOrder`, { method: "POST" })).status, 404);
    await assert.rejects(app.host.runTimer("nobody"), /There is no timer function 'nobody'/);
  });
});
