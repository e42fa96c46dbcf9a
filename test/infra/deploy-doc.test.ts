import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { help as registerHelp } from "../../infra/access/help.ts";
import { help as doctorHelp } from "../../local/doctor/help.ts";
import { help as dropsHelp } from "../../local/operate/help.ts";
import { connector } from "../../shared/config/connector.ts";
import { settingNames } from "../../shared/config/settings.ts";
import { containers } from "../../shared/store/paths.ts";
import { listRegistered } from "./registered.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const page = read("docs/deploy.md");
const bicep = ["main", "subscription", "events"].map((name) => read(`infra/${name}.bicep`)).join("\n");
const namesOf = (word: string) =>
  new Set([...bicep.matchAll(new RegExp(`^${word} (\\w+)`, "gm"))].map(([, name = ""]) => name));
const [parameters, outputs] = [namesOf("param"), namesOf("output")];

/** Words in backticks that are not of the deployment: fields of documents, words of tools. */
const otherWords = new Set(["isPaused", "startDate", "remoteBuild", "config-zip"]);

function listQuoted(): string[] {
  return [...page.replaceAll(/```[\s\S]*?```/g, "").matchAll(/`([^`\n]+)`/g)].map(([, quoted = ""]) => quoted);
}

function listCommands(start: RegExp): string[] {
  return page
    .replaceAll("\\\n", " ")
    .split(/\n|`|&&/)
    .flatMap((text) => start.exec(text)?.[0] ?? []);
}

describe("docs/deploy.md", () => {
  test("names scripts that package.json has", () => {
    const scripts = [...page.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = ""]) => name);
    const known = JSON.parse(read("package.json")).scripts;
    assert.ok(scripts.length > 10);
    assert.deepEqual(
      scripts.filter((name) => known[name] === undefined),
      [],
    );
  });

  test("gives commands options that they take", () => {
    const helps = { register: registerHelp, doctor: doctorHelp, drops: dropsHelp };
    for (const [name, help] of Object.entries(helps)) {
      const used = listCommands(new RegExp(`npm run (-s )?${name} -- .*`)).flatMap((text) =>
        [...text.slice(text.indexOf(" -- ") + 4).matchAll(/--[\w-]+/g)].map(([option]) => option),
      );
      assert.ok(used.length > 0, name);
      assert.deepEqual(
        used.filter((option) => option !== "--help" && !help.includes(option)),
        [],
        name,
      );
    }
  });

  test("gives the Exchange script parameters that it has", () => {
    const script = read("infra/access/ExchangeAccess.ps1");
    const known = new Set(
      [...script.matchAll(/^ {4}(?:\[[^$]*\] )\$(\w+)/gm)].map(([, name = ""]) => name).concat("WhatIf"),
    );
    const used = listCommands(/ExchangeAccess\.ps1 .*/).concat(listQuoted().filter((text) => /^-[A-Z]/.test(text)));
    const names = used.flatMap((text) => [...text.matchAll(/(?<=^| )-([A-Z]\w+)/g)].map(([, name = ""]) => name));
    assert.ok(names.length > 10);
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
  });

  test("names parameters and outputs that the deployments have", () => {
    const words = listQuoted().flatMap((text) => /^([a-z]+[A-Z]\w*)(?: ?=.*)?$/.exec(text)?.[1] ?? []);
    assert.ok(words.length > 30);
    assert.deepEqual(
      words.filter((word) => !parameters.has(word) && !outputs.has(word) && !otherWords.has(word)),
      [],
    );
    const given = [...page.matchAll(/--parameters ((?:\w+=\S+ ?)+)/g)].flatMap(([, text = ""]) => [
      ...text.matchAll(/(\w+)=/g),
    ]);
    assert.ok(given.length > 3);
    assert.deepEqual(
      given.map(([, name = ""]) => name).filter((name) => !parameters.has(name)),
      [],
    );
  });

  test("takes every placeholder of a command from an output", () => {
    const known = new Set([...outputs].map((name) => `<${name}>`));
    const people = /^<(object id|the group's|another|client id|previous|old|new)/;
    const placeholders = [...page.matchAll(/<[^>\n]+>/g)].map(([text]) => text);
    assert.ok(placeholders.length > 20);
    assert.deepEqual(
      placeholders.filter((text) => !known.has(text) && !people.test(text) && text !== "<group>"),
      [],
    );
  });

  test("tells of each output what it is for", () => {
    const shown = [...namesOf("output")].filter((name) => !["resourceGroupName", "subscriptionName"].includes(name));
    assert.deepEqual(
      shown.filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });

  test("names files that are there", () => {
    const paths = listQuoted()
      .concat(page.split(/\s/))
      .flatMap((text) => /^\(?`?((?:\.\/)?(?:infra|docs|shared|local|test|\.ci)\/[\w./-]+\.\w+)/.exec(text)?.[1] ?? []);
    const made = (path: string) => path.includes("our-prod");
    assert.ok(paths.length > 10);
    assert.deepEqual(
      paths.filter((path) => !made(path) && !existsSync(join(root, path))),
      [],
    );
  });

  test("links to pages and headings that are there", () => {
    const links = [...page.matchAll(/\]\((?!https:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    assert.ok(links.length > 15);
    for (const [, path = "", anchor] of links) {
      const target = path === "" ? "docs/deploy.md" : join("docs", path);
      assert.ok(existsSync(resolve(root, target)), target);
      if (anchor !== undefined) assert.ok(toAnchors(read(target)).includes(anchor), `${target}#${anchor}`);
    }
  });

  test("says how many functions there are, and settings by their names", () => {
    assert.ok(page.includes(`prints ${listRegistered().length}, the number of functions`));
    const settings = listQuoted().filter(
      (text) => /^[A-Z]+(_[A-Z]+)+$/.test(text) && !/^(ALERT_EMAIL|IMMUTABILITY|HAS_.*|SIGN_IN_CLIENT_ID)$/.test(text),
    );
    assert.ok(settings.length > 2);
    assert.deepEqual(
      settings.filter((name) => !settingNames.includes(name)),
      [],
    );
    const azd = read("infra/subscription.bicepparam");
    for (const [, name = ""] of page.matchAll(/`(ALERT_EMAIL|IMMUTABILITY|HAS_\w+|SIGN_IN_CLIENT_ID)`/g))
      assert.ok(azd.includes(`'${name}'`), name);
  });

  test("shows a connector that the app takes", () => {
    const [, text = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const { revision, writes, value } = JSON.parse(text);
    assert.deepEqual([revision, writes], [1, []]);
    assert.equal(connector.parse(value).name, "acme");
  });

  test("says of every container whether it moves to another region", () => {
    const [, copied = ""] = /for container in ((?:\w+ ?)+); do\n {5}azcopy/.exec(page) ?? [];
    const [, left = ""] = /Not copied: ([^,]+(?:, `\w+`)* and `\w+`)/.exec(page) ?? [];
    const all = [...copied.split(" "), ...[...left.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)];
    assert.deepEqual(all.toSorted(), Object.keys(containers).toSorted());
    for (const name of ["ledger", "state", "feeds", "evidence"]) assert.ok(copied.split(" ").includes(name), name);
  });
});

describe("azure.yaml", () => {
  const yaml = read("azure.yaml");

  test("publishes the zip that npm run package makes, and has nothing built elsewhere", () => {
    assert.match(yaml, /^ {4}language: custom$/m);
    assert.match(yaml, /^ {4}remoteBuild: false$/m);
    const [, zip = ""] = /^ {4}dist: (\S+)$/m.exec(yaml) ?? [];
    assert.ok(page.includes(`--src ${zip}`));
    const script = read("local/build/package.ts");
    assert.match(script, /join\(root, "\.local", "package"\)[\s\S]*"app\.zip"/);
    assert.equal(zip, ".local/package/app.zip");
    assert.equal([...yaml.matchAll(/npm run package/g)].length, 2);
  });

  test("deploys what is there, with outputs that the deployment has", () => {
    const [, module = ""] = /^ {2}module: (\w+)$/m.exec(yaml) ?? [];
    assert.ok(readdirSync(join(root, "infra")).includes(`${module}.bicepparam`));
    const hooks = yaml.slice(yaml.indexOf("postdeploy"));
    assert.ok(
      outputs.has("resourceGroupName") &&
        hooks.includes('"$resourceGroupName"') &&
        hooks.includes("$env:resourceGroupName"),
    );
    for (const [, path = ""] of hooks.matchAll(/--template-file (\S+)/g)) assert.ok(existsSync(join(root, path)), path);
  });
});

function toAnchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}
