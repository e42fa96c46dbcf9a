import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { promisify } from "node:util";
import { bundle } from "../../../local/build/esbuild-bundle.ts";
import { openWorker } from "../../../local/host/worker/worker-channel.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const entry = join(root, "functions", "main.ts");
const module = join(root, "local", "build", "esbuild-bundle.ts");

suite("what a bundle loads later", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bundle-again-"));
    await bundle({ entry, outfile: join(folder, "main.mjs") });
  });
  after(() => rm(folder, { recursive: true }));

  test("has the same names wherever the build was called from: none takes another's files away", async () => {
    const before = await readdir(folder);
    const code = `import { bundle } from ${JSON.stringify(module)};
      await bundle({ entry: ${JSON.stringify(entry)}, outfile: ${JSON.stringify(join(folder, "main.mjs"))} });`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], { cwd: tmpdir() });
    assert.deepEqual(await readdir(folder), before);
  });

  test("is tried again by the next invocation when it could not be loaded", async (t) => {
    const name = (await readdir(folder)).find((one) => /^wiring-.*\.mjs$/.test(one)) ?? "";
    await rename(join(folder, name), join(folder, "away"));
    const log = () => undefined;
    const worker = await openWorker({ bundle: join(folder, "main.mjs"), env: {}, nodeArguments: [], log });
    t.after(async () => {
      worker.kill();
      await worker.exited;
    });
    const [bindingName = ""] = Object.keys(worker.functions.find((one) => one.name === "sweep")?.bindings ?? {});
    const sweep = async (invocationId: string): Promise<string> => {
      const outcome = await worker.invoke({
        ...{ invocationId, functionId: "sweep", triggerMetadata: {} },
        inputData: [{ name: bindingName, data: { json: "{}" } }],
        traceContext: { traceParent: "", traceState: "" },
      });
      return outcome.outcome === "failed" ? outcome.error : "";
    };

    assert.match(await sweep("1"), /ERR_MODULE_NOT_FOUND/);
    await rename(join(folder, "away"), join(folder, name));
    // It has been loaded: without any setting that is what it says.
    assert.match(await sweep("2"), /WrongSettings/);
  });
});
