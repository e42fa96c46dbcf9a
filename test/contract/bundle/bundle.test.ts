import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type BundleSize, bundle, leftOut } from "../../../local/build/esbuild-bundle.ts";
import { indexFunctions } from "../../../local/host/config/function-index.ts";
import { readHostJson } from "../../../local/host/config/host-json.ts";
import { openWorker, type WorkerChannel } from "../../../local/host/worker/worker-channel.ts";

const root = join(import.meta.dirname, "..", "..", "..");

suite("the app's bundle", () => {
  let folder = "";
  let size: BundleSize;
  let worker: WorkerChannel;
  const lines: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bundle-"));
    size = await bundle({ entry: join(root, "functions", "main.ts"), outfile: join(folder, "main.mjs") });
    // No settings at all: functions must be there even then, or the host shows an app without functions and no reason.
    worker = await openWorker({
      bundle: size.outfile,
      env: {},
      nodeArguments: [],
      log: ({ message }) => lines.push(message),
    });
  });
  after(async () => {
    await rm(folder, { recursive: true });
    worker.kill();
    await worker.exited;
  });

  test("is small enough for a quick cold start and has a source map", async () => {
    assert.ok(size.gzipInBytes < 800_000, `${size.gzipInBytes} bytes compressed`);
    const code = await readFile(size.outfile, "utf8");
    assert.match(code.slice(-100), /\/\/# sourceMappingURL=main\.mjs\.map\s*$/);
  });

  test("has in place of what it leaves out a word of what that was", async () => {
    const parts = (await readdir(folder)).filter((name) => name.endsWith(".mjs"));
    const code = (await Promise.all(parts.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
    for (const { purpose } of leftOut) assert.ok(code.includes(`${purpose} is left out of the bundle`), purpose);
  });

  test("registers without its stages: they are loaded while the host takes in what was registered", async () => {
    assert.ok((await stat(size.outfile)).size < 150_000);
  });

  test("is where package.json says the functions are", async () => {
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    assert.deepEqual([manifest.main, manifest.type], ["dist/main.js", "module"]);
  });

  test("registers every function with its trigger", () => {
    const registered = worker.functions.flatMap(({ name, bindings }) =>
      Object.values(bindings).map(({ type, queueName, path, schedule, route, connection }) => [
        name,
        type,
        queueName ?? path ?? schedule ?? route,
        connection,
      ]),
    );
    const storage = "AzureWebJobsStorage";
    assert.deepEqual(
      registered.toSorted((a, b) => String(a[0]).localeCompare(String(b[0]))),
      [
        ["api", "httpTrigger", "api/v1/{*path}", undefined],
        ["api", "http", undefined, undefined],
        ["buryBlobEvent", "queueTrigger", "webjobs-blobtrigger-poison", storage],
        ["buryChat", "queueTrigger", "chats-poison", storage],
        ["buryCheck", "queueTrigger", "checks-poison", storage],
        ["buryFetch", "queueTrigger", "fetches-poison", storage],
        ["buryMailbox", "queueTrigger", "mailboxes-poison", storage],
        ["buryPartition", "queueTrigger", "partitions-poison", storage],
        ["checkUp", "queueTrigger", "checks", storage],
        ["fetchDrops", "timerTrigger", "0 */15 * * * *", undefined],
        ["fetchDropsOnDemand", "queueTrigger", "fetches", storage],
        ["gatherMailboxes", "queueTrigger", "partitions", storage],
        ["importMailbox", "queueTrigger", "mailboxes", storage],
        ["mapChats", "queueTrigger", "chats", storage],
        ["openDropFile", "blobTrigger", "released/{drop}/{gen}/{file}.json", storage],
        ["portal", "httpTrigger", "{*path}", undefined],
        ["portal", "http", undefined, undefined],
        ["sweep", "timerTrigger", "0 */5 * * * *", undefined],
      ],
    );
  });

  test("has the API's function before the page's, which takes every path: the host goes by the names", () => {
    const open = worker.functions.filter(({ bindings }) =>
      Object.values(bindings).some(({ type }) => type === "httpTrigger"),
    );
    const names = open.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b));
    assert.deepEqual([names.length, names.at(-1)], [2, "portal"]);
  });

  test("lets Event Grid announce blobs, the only way a Flex Consumption plan takes", () => {
    const [binding] = Object.values(worker.functions.find(({ name }) => name === "openDropFile")?.bindings ?? {});
    assert.equal(binding?.source, "EventGrid");
  });

  test("has a poison function for every queue function", () => {
    const queues = worker.functions.flatMap(({ bindings }) =>
      Object.values(bindings).map(({ queueName }) => queueName),
    );
    const own = queues.filter((name) => typeof name === "string" && !name.endsWith("-poison"));
    assert.ok(own.length >= 4);
    for (const name of own) assert.ok(queues.includes(`${name}-poison`), `${name} has none`);
  });

  test("has no function that the host would leave out", async () => {
    const hostJson = await readHostJson(join(root, "host.json"), {});
    const settings = { AzureWebJobsStorage: "UseDevelopmentStorage=true" };
    const { inError, functions } = indexFunctions(worker.functions, { hostJson, settings });
    assert.deepEqual(inError, []);
    assert.equal(functions.length, worker.functions.length);
  });

  test("fails an invocation without settings, and names one in its log", async () => {
    const [bindingName = ""] = Object.keys(worker.functions.find(({ name }) => name === "sweep")?.bindings ?? {});
    const outcome = await worker.invoke({
      invocationId: "1",
      functionId: "sweep",
      inputData: [{ name: bindingName, data: { json: "{}" } }],
      triggerMetadata: {},
      traceContext: { traceParent: "", traceState: "" },
    });
    assert.equal(outcome.outcome, "failed");
    assert.match(lines.join("\n"), /[A-Z]+_[A-Z]+/);
  });
});
