import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseOptions, WrongOption } from "../../infra/access/options.ts";
import { ids } from "./entra/directory-data.ts";
import { type EntraWorld, outputs, startWorld } from "./entra/world.ts";

const command = join(import.meta.dirname, "../../infra/access/register-app.ts");

describe("npm run register, as a process", { skip: process.platform === "win32" && "its az is a shell script" }, () => {
  let world: EntraWorld;
  let folder = "";
  before(async () => {
    world = await startWorld({ lagInMs: 0 });
    folder = await mkdtemp(join(tmpdir(), "az-"));
    await writeFile(join(folder, "az"), azScript(folder), { mode: 0o755 });
    const armOutputs = Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, { type: "String", value }]),
    );
    await writeFile(
      join(folder, "outputs.json"),
      JSON.stringify({ ...armOutputs, workbookId: { type: "String", value: "/x" } }),
    );
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  function run(...words: string[]): Promise<{ code: unknown; text: string }> {
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
    return new Promise((resolve) => {
      execFile(process.execPath, [command, ...words], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : error.code, text: stdout + stderr }),
      );
    });
  }

  test("takes the deployment's outputs and the token from az, checks, registers and checks again", async () => {
    const words = ["--group", "rg-icechat-prod", "--graph", world.graph.url, "--admin", ids.alice];
    const first = await run(...words, "--check");
    assert.deepEqual([first.code, /missing: the app registration/.test(first.text)], [1, true], first.text);
    const unasked = await run(...words);
    assert.deepEqual([unasked.code, world.graph.writes.length], [1, 0], unasked.text);
    const made = await run(...words, "--yes");
    assert.equal(made.code, 0, made.text);
    assert.match(made.text, /param signInClientId = '[0-9a-f-]{36}'/);
    assert.equal((await run(...words, "--check")).code, 0);
    const asked = await readFile(join(folder, "asked"), "utf8");
    assert.match(
      asked,
      /deployment group show --resource-group rg-icechat-prod --name icechat --query properties\.outputs/,
    );
    assert.match(asked, /account get-access-token/);
  });

  test("tells in az's own words that there is no such deployment", async () => {
    const { code, text } = await run("--group", "rg-nowhere", "--graph", world.graph.url, "--check");
    assert.equal(code, 2);
    assert.match(text, /DeploymentNotFound/);
  });
});

describe("the options of npm run register", () => {
  const byHand = ["--app", outputs.functionAppName, "--url", outputs.portalUrl];
  const identity = [
    "--identity-client-id",
    outputs.identityClientId,
    "--identity-principal-id",
    outputs.identityPrincipalId,
  ];

  test("take the outputs by hand, and further addresses of the page", () => {
    const options = parseOptions([...byHand, ...identity, "--url", "https://chats.bank.example"]);
    assert.deepEqual(options?.from, outputs);
    assert.deepEqual(options?.otherUrls, ["https://chats.bank.example"]);
    assert.deepEqual(parseOptions(["--group", "rg", "--url", "https://chats.bank.example"])?.otherUrls, [
      "https://chats.bank.example",
    ]);
  });

  test("know the other clouds, and send no token in the clear", () => {
    assert.deepEqual(
      [[], ["--hold-groups"]].map((words) => parseOptions(["--group", "rg", ...words])?.readsGroups),
      [false, true],
    );
    const cloud = parseOptions(["--group", "rg", "--cloud", "AzureUSGovernment"])?.cloud;
    assert.equal(cloud?.graph, "https://graph.microsoft.us");
    assert.equal(cloud?.audience, "api://AzureADTokenExchangeUSGov");
    assert.throws(() => parseOptions(["--group", "rg", "--graph", "http://graph.example"]), WrongOption);
    assert.throws(() => parseOptions(["--group", "rg", "--cloud", "AzureGermanCloud"]), WrongOption);
  });

  test("are refused with what to give instead", () => {
    const wrong = [
      byHand,
      ["--check", "--undo", "--group", "rg"],
      ["--group", "rg", "--admin", "Alice"],
      ["--grop", "rg"],
    ];
    for (const words of [...wrong, [...byHand, ...identity, "--url", "http://x.example"]]) {
      assert.throws(() => parseOptions(words), WrongOption);
    }
  });
});

function azScript(folder: string): string {
  return `#!/bin/sh
echo "$*" >> "${folder}/asked"
case "$*" in
  *rg-nowhere*) echo "ERROR: (DeploymentNotFound) Deployment 'icechat' could not be found." >&2; exit 3 ;;
  *deployment*) cat "${folder}/outputs.json" ;;
  *) echo '{"accessToken": "token-of-an-administrator", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800, "subscription": "", "tenant": "", "tokenType": "Bearer"}' ;;
esac
`;
}
