import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { startHost } from "../../../local/host/start-host.ts";
import { type Bench, countMessages, openBench, toMessage, until } from "./host-under-test.ts";

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

suite("the host's process", { concurrency: 3 }, () => {
  let bench: Bench;
  let folder = "";
  before(async () => {
    bench = await openBench();
    folder = await mkdtemp(join(tmpdir(), "host-process-"));
  });
  after(async () => {
    await bench.release();
    await rm(folder, { recursive: true });
  });

  test("lets running functions end when it is stopped, and reports its memory", async (t) => {
    const queue = bench.queue("drain");
    await queue.create();
    await queue.sendMessage(toMessage({ note: "drain", sleepInMs: 1_000 }));
    const app = await bench.start(t, { settings: { ORDERS_QUEUE: "drain" } });
    await until("the order is being worked on", () => app.runs("takeOrder").length === 1);
    await queue.sendMessage(toMessage({ note: "too late", sleepInMs: 60_000 }));
    const { code, memory } = await app.host.stop();
    assert.equal(code, 0);
    assert.ok(app.lines.some(({ message }) => message.includes('"finished"')));
    const peak = memory?.worker.peakInBytes ?? 0;
    assert.ok(peak > 20_000_000 && peak < 300_000_000, `a peak of ${peak} bytes cannot be`);
    assert.ok((await countMessages(queue)) <= 1);
  });

  test("stops on SIGTERM as it does on request", async (t) => {
    const { host } = await bench.start(t);
    process.kill(host.pid, "SIGTERM");
    const { code, memory } = await host.exited;
    assert.equal(code, 0);
    assert.notEqual(memory, undefined);
  });

  test("dies with the process that started it, and its worker and storage with it", async () => {
    const parent = fork(join(import.meta.dirname, "app", "doomed-parent.ts"), [bench.outfile], { execArgv: [] });
    const [pids]: { azurite: number; host: number; worker: number }[] = await once(parent, "message");
    assert.ok(pids !== undefined && Object.values(pids).every(isAlive), "something did not start");
    parent.kill("SIGKILL");
    await until("all are gone", () => !Object.values(pids).some(isAlive));
  });

  test("does not start with a host.json that the real host refuses", async () => {
    const refused = async (hostJson: object): Promise<string> => {
      const file = join(folder, `${Math.random()}.json`);
      await writeFile(file, JSON.stringify(hostJson));
      const settings = { AzureWebJobsStorage: bench.azurite.connectionString };
      return startHost({ bundle: bench.outfile, hostJson: file, settings }).then(
        async (host) => {
          await host.kill();
          return "started";
        },
        (error: Error) => error.message,
      );
    };
    const bundleOnly = { version: "2.0", extensionBundle: { version: "[4.*, 5.0.0)" } };
    assert.match(
      await refused(bundleOnly),
      /The value of id property in extensionBundle section of .* is invalid or missing/,
    );
    assert.match(await refused({ extensionBundle: {} }), /is not valid/);
  });

  test("keeps queue and blob functions in error without the extension bundle, and runs the others", async (t) => {
    const settings = { ORDERS_QUEUE: "no-bundle" };
    const { host } = await bench.start(t, { settings, hostJson: { extensionBundle: undefined } });
    assert.deepEqual(host.functions, ["tick", "yearly", "greet", "fail"]);
    const broken = host.inError.find(({ name }) => name === "takeOrder");
    assert.match(broken?.error ?? "", /^The binding type\(s\) 'queueTrigger' are not registered\./);
  });

  test("keeps a function in error whose setting is missing", async (t) => {
    const { host } = await bench.start(t, { settings: { ORDERS_QUEUE: "" } });
    assert.match(
      host.inError.find(({ name }) => name === "takeOrder")?.error ?? "",
      /^'%ORDERS_QUEUE%' does not resolve to a value\.$/,
    );
  });

  test("leaves out a function that a setting disables", async (t) => {
    const { host } = await bench.start(t, { settings: { "AzureWebJobs.tick.Disabled": "true" } });
    assert.ok(!host.functions.includes("tick") && host.functions.includes("yearly"));
  });

  test("does not start with a bundle that throws, and says why", async () => {
    const broken = join(folder, "broken.mjs");
    await writeFile(broken, 'throw new Error("no such setting");');
    const settings = { AzureWebJobsStorage: bench.azurite.connectionString };
    const hostJson = join(folder, "good.json");
    await writeFile(hostJson, JSON.stringify({ version: "2.0" }));
    await assert.rejects(
      startHost({ bundle: broken, hostJson, settings }),
      /unable to load entry point.*no such setting/s,
    );
  });
});
