import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runBicep } from "./compiler.ts";

const root = join(import.meta.dirname, "../..");
const infra = join(root, "infra");
const shelf = join(root, ".local/infra-predictions");

const resource = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
const prediction = z.object({
  predictedResources: z.array(resource),
  diagnostics: z.array(z.unknown()),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

/** A resource as a deployment would make it; what only Azure can tell stays an expression in brackets. */
export type Resource = z.infer<typeof resource>;

/** What a deployment would make. */
export class Prediction {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;

  constructor(text: string) {
    const { predictedResources, diagnostics, outputs = {} } = prediction.parse(JSON.parse(text));
    assert.deepEqual(diagnostics, []);
    this.resources = predictedResources;
    this.outputs = outputs;
  }

  /** All resources of a type, in the order of the deployment. */
  all(type: string): readonly Resource[] {
    return this.resources.filter((one) => one.type === type);
  }

  /** The only resource of a type whose name ends so. Throws when there is none, or more than one. */
  one(type: string, ending = ""): Resource {
    const [found, ...others] = this.all(type).filter(({ name }) => name.endsWith(ending));
    if (found === undefined || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} of ${type}`);
    return found;
  }
}

/**
 * What `bicep snapshot` predicts for a file of parameters in infra/, or for parameters that a test writes (a text that begins
 * with `using '../main.bicep'`). Kept under .local/ by the content of infra/, since each takes some seconds.
 */
export async function predict(parameters: string): Promise<Prediction> {
  const key = createHash("sha256")
    .update(await contentOfInfra())
    .update("\0")
    .update(parameters)
    .digest("hex");
  const kept = join(shelf, `${key}.json`);
  if (!existsSync(kept)) await keep(kept, await snapshot(parameters));
  return new Prediction(readFileSync(kept, "utf8"));
}

/** Runs `work` in a copy of infra/, which is deleted afterwards: the compiler writes beside what it reads. */
export async function inCopyOfInfra<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "infra-"));
  try {
    await cp(infra, folder, { recursive: true });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function snapshot(parameters: string): Promise<string> {
  return await inCopyOfInfra(async (folder) => {
    const file = parameters.startsWith("using") ? "parameters/of-a-test.bicepparam" : parameters;
    if (parameters.startsWith("using")) await writeFile(join(folder, file), parameters);
    const subscription = ["--subscription-id", "00000000-0000-0000-0000-000000000001"];
    const tenant = ["--tenant-id", "00000000-0000-0000-0000-0000000000aa"];
    const group = file.startsWith("subscription") ? [] : ["--resource-group", "rg-of-a-test"];
    await runBicep(folder, ["snapshot", file, ...subscription, ...tenant, ...group, "--location", "westeurope"]);
    return await readFile(join(folder, file.replace(/\.bicepparam$/, ".snapshot.json")), "utf8");
  });
}

async function contentOfInfra(): Promise<string> {
  const names = (await readdir(infra, { recursive: true })).filter((name) =>
    /\.(bicep|bicepparam|ya?ml|json|kql)$/.test(name),
  );
  const texts = names.toSorted().map((name) => `${name}\0${readFileSync(join(infra, name), "utf8")}`);
  return texts.join("\0");
}

async function keep(path: string, text: string): Promise<void> {
  await mkdir(shelf, { recursive: true });
  await writeFile(`${path}.${process.pid}`, text);
  await rename(`${path}.${process.pid}`, path);
}
