import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildPackageFiles, type PackageFile } from "../../local/build/package-files.ts";
import { zipPackage } from "../../local/build/zip-package.ts";
import { openWorker, type WorkerChannel } from "../../local/host/worker/worker-channel.ts";
import { createPortal } from "../../shared/api/portal.ts";
import { textOf, toAsk } from "../unit/api/ask.ts";
import { listRegistered } from "./registered.ts";
import { unzip } from "./unzip.ts";

const root = join(import.meta.dirname, "../..");
const manifest = { name: "ice-chat-archive-connector", private: true, type: "module", main: "dist/main.js" };

describe("the package that is published", () => {
  let files: readonly PackageFile[];
  let zip: Buffer;
  let folder = "";
  let worker: WorkerChannel;
  const lines: string[] = [];

  before(async () => {
    files = await buildPackageFiles(root);
    zip = await zipPackage(files);
    // Outside of the repository, so that no node_modules is in reach.
    folder = await mkdtemp(join(tmpdir(), "package-test-"));
    for (const { path, content } of await unzip(zip)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    worker = await openWorker({
      bundle: join(folder, "dist/main.js"),
      env: {},
      nodeArguments: ["--enable-source-maps"],
      log: ({ message }) => lines.push(message),
    });
  });
  after(async () => {
    worker.kill();
    await worker.exited;
    await rm(folder, { recursive: true });
  });

  /** The bundle's parts are named by their contents, and how many there are is the bundler's affair. */
  const part = /^dist\/[\w]+-[A-Z0-9]{8}\.js(\.map)?$/;

  test("holds the bundle and the page, and so no test, no secret, no settings and nothing to install", async (t) => {
    const unpacked = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = unpacked.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name));
    const known = paths.map((path) => path.slice(folder.length + 1));
    const parts = known.filter((path) => part.test(path));
    assert.ok(parts.length > 3 && parts.length % 2 === 0, parts.join(" "));
    const others = known.filter((path) => !part.test(path)).map((path) => path.replace(/-[0-9A-F]{8}\./, "-HASH."));
    assert.deepEqual(others.toSorted(), [
      "dist/main.js",
      "dist/main.js.map",
      "dist/portal/assets/icon-HASH.svg",
      "dist/portal/assets/licences-HASH.txt.br",
      "dist/portal/assets/portal-HASH.js.br",
      "dist/portal/index.html",
      "host.json",
      "package.json",
    ]);
    t.diagnostic(
      `${zip.byteLength} bytes; ${files.map(({ path, content }) => `${path} ${content.byteLength}`).join(", ")}`,
    );
  });

  test("registers, loaded out of an empty folder, what the code registers", () => {
    const loaded = worker.functions.map(({ name }) => name).toSorted();
    assert.deepEqual(
      loaded,
      listRegistered()
        .map(({ name }) => name)
        .toSorted(),
    );
    assert.ok(loaded.length > 5);
  });

  test("serves the page out of an empty folder", async () => {
    const binding = Object.values(worker.functions.find(({ name }) => name === "portal")?.bindings ?? {});
    assert.ok(binding.some(({ route }) => route === "{*path}"));
    const answerPage = createPortal(join(folder, "dist/portal"));
    const get = (path: string) => answerPage(toAsk(`GET ${path}`), () => "n");
    const index = textOf(await get("/"));
    const named = [...index.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
    assert.ok(named.length >= 2);
    for (const path of named) {
      const { status, headers } = await get(path);
      assert.deepEqual([status, headers["cache-control"]?.includes("immutable")], [200, true], path);
    }
  });

  test("names its entry point, and neither dependencies nor scripts that the platform could run", async () => {
    const { version, ...known } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    assert.deepEqual(known, manifest);
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.deepEqual(await readFile(join(folder, "host.json")), await readFile(join(root, "host.json")));
  });

  test("tells file and line of our code in a stack, and no path of the machine that built it", async () => {
    const [binding = ""] = Object.keys(worker.functions.find(({ name }) => name === "sweep")?.bindings ?? {});
    const outcome = await worker.invoke({
      invocationId: "1",
      functionId: "sweep",
      inputData: [{ name: binding, data: { json: "{}" } }],
      triggerMetadata: {},
      traceContext: { traceParent: "", traceState: "" },
    });
    assert.equal(outcome.outcome, "failed");
    const told = JSON.stringify({ outcome, lines });
    assert.ok(told.includes(join(folder, "shared/config/")), told);
    const place = /(shared\/config\/[\w-]+\.ts):(\d+)/.exec(told) ?? [];
    const line = (await readFile(join(root, place[1] ?? ""), "utf8")).split("\n")[Number(place[2]) - 1];
    assert.match(line ?? "", /throw |new /);
    const maps = files.filter(({ path }) => path.endsWith(".js.map"));
    const sources = maps.flatMap(({ content }) => JSON.parse(Buffer.from(content).toString()).sources);
    assert.ok(sources.length > 50);
    assert.deepEqual(
      sources.filter((source: string) => !/^\.\.\/(functions|shared)\/[\w/-]+\.ts$/.test(source)),
      [],
    );
    for (const { path, content } of files) assert.ok(!Buffer.from(content).includes(root), path);
  });

  test("has the same bytes when it is built again, whatever the time and the zone", async () => {
    const zone = process.env["TZ"];
    process.env["TZ"] = "Pacific/Auckland";
    try {
      assert.ok(zip.equals(await zipPackage(await buildPackageFiles(root))));
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });
});
