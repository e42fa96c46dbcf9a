import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import { runBicep, whyNoBicep } from "./compiler.ts";
import { inCopyOfInfra } from "./prediction.ts";

const infra = join(import.meta.dirname, "../../infra");
const template = z.object({
  parameters: z.record(
    z.string(),
    z.looseObject({ defaultValue: z.unknown().optional(), maxValue: z.number().optional() }),
  ),
});

const hostFile = z.object({
  extensions: z.object({ queues: z.object({ batchSize: z.number(), newBatchThreshold: z.number() }) }),
});

async function build(folder: string, file: string) {
  const { output } = await runBicep(folder, ["build", file, "--stdout"]);
  return template.parse(JSON.parse(output));
}

describe("infra/ and its compiler", { skip: whyNoBicep }, () => {
  test("everything lints without a warning", async () => {
    await inCopyOfInfra(async (folder) => {
      // The first has main.bicep and every module in it. A warning leaves the exit code at 0: what is printed counts.
      const runs = [["subscription.bicep"], ["events.bicep"], ["--pattern", "**/*.bicepparam"]];
      for (const words of runs) {
        const { output, errors } = await runBicep(folder, ["lint", ...words]);
        assert.equal(`${output}${errors}`.trim(), "");
      }
    });
  });

  test("azd's deployment is refused as long as nobody is named to whom alerts go", async () => {
    await inCopyOfInfra(async (folder) => {
      await assert.rejects(
        runBicep(folder, ["build-params", "subscription.bicepparam", "--stdout"], {}),
        /ALERT_EMAIL/,
      );
    });
  });

  test("every file of infra/ is part of a deployment", () => {
    const texts = filesOfInfra().map((name) => readFileSync(join(infra, name), "utf8"));
    const modules = filesOfInfra().filter((name) => name.startsWith("modules/"));
    const unused = modules.filter((name) => !texts.some((text) => text.includes(`'${name}'`)));
    assert.deepEqual(unused, []);
  });

  test("everything is formatted as the compiler formats it", async () => {
    await inCopyOfInfra(async (folder) => {
      await runBicep(folder, ["format", "--pattern", "**/*.bicep"]);
      await runBicep(folder, ["format", "--pattern", "**/*.bicepparam"]);
      assert.ok(filesOfInfra().length > 15);
      for (const name of filesOfInfra()) {
        assert.equal(readFileSync(join(folder, name), "utf8"), readFileSync(join(infra, name), "utf8"), name);
      }
    });
  });

  test("the subscription's deployment takes what the resource group's takes, and instances have a limit", async () => {
    await inCopyOfInfra(async (folder) => {
      const [inner, outer] = [await build(folder, "main.bicep"), await build(folder, "subscription.bicep")];
      // Made by Azure from the group's id, which the subscription's deployment does not know beforehand.
      const { token: _token, location: innerLocation, ...expected } = inner.parameters;
      const { resourceGroupName, location: outerLocation, ...given } = outer.parameters;
      assert.ok(resourceGroupName !== undefined && innerLocation !== undefined && outerLocation !== undefined);
      assert.deepEqual(given, expected);
      assertWithinGraphsLimit(inner.parameters["maximumInstances"]?.maxValue ?? Number.POSITIVE_INFINITY);
    });
  });
});

/** Microsoft Graph takes 130,000 requests of an app in ten seconds. */
function assertWithinGraphsLimit(instances: number): void {
  const { queues } = hostFile.parse(JSON.parse(readFileSync(join(infra, "../host.json"), "utf8"))).extensions;
  const lanes = instances * (queues.batchSize + queues.newBatchThreshold) * 3;
  // Writing an item takes Graph a tenth of a second at the very least, and a lane waits for each answer.
  const requestsInTenSeconds = lanes * 100;
  assert.ok(requestsInTenSeconds < 130_000 * 0.6, `${requestsInTenSeconds}`);
}

function filesOfInfra(): string[] {
  return readdirSync(infra, { recursive: true, encoding: "utf8" }).filter((name) => /\.bicep(param)?$/.test(name));
}
