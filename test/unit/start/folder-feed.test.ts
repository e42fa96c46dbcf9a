import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { feedFolder } from "../../../local/start/folder-feed.ts";

async function folders(t: TestContext): Promise<{ from: string; site: string }> {
  const folder = await mkdtemp(join(tmpdir(), "folder-feed-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const from = join(folder, "from");
  await mkdir(from);
  return { from, site: join(folder, "site") };
}

test("brings a file once, with its time, and again when it has changed", async (t) => {
  const { from, site } = await folders(t);
  const feed = feedFolder(from, site, Date.now);
  await writeFile(join(from, "a.csv"), "one");
  await utimes(join(from, "a.csv"), 1_780_000_000, 1_780_000_000);
  assert.deepEqual([await feed.bring(), await feed.bring()], [1, 0]);
  assert.equal((await stat(join(site, "a.csv"))).mtimeMs, 1_780_000_000_000);
  await writeFile(join(from, "a.csv"), "three");
  await utimes(join(from, "a.csv"), 1_780_000_100, 1_780_000_100);
  assert.equal(await feed.bring(), 1);
  assert.equal(await readFile(join(site, "a.csv"), "utf8"), "three");
});

test("a file that is just being written waits until two looks at it are the same", async (t) => {
  const { from, site } = await folders(t);
  const feed = feedFolder(from, site, Date.now);
  await writeFile(join(from, "a.csv"), "half");
  assert.equal(await feed.bring(), 0);
  await appendFile(join(from, "a.csv"), " and half");
  assert.equal(await feed.bring(), 0);
  assert.equal(await feed.bring(), 1);
  assert.equal(await readFile(join(site, "a.csv"), "utf8"), "half and half");
});

test("folders, and links that lead nowhere, are passed over", async (t) => {
  const { from, site } = await folders(t);
  await mkdir(join(from, "deeper"));
  await symlink(join(from, "nowhere"), join(from, "link.csv"));
  const feed = feedFolder(from, site, Date.now);
  assert.deepEqual([await feed.bring(), await feed.bring()], [0, 0]);
  assert.deepEqual(await readdir(site), []);
});
