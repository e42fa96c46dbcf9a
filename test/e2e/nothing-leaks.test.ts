import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostLogLine } from "../../local/host/log.ts";
import { makePerson } from "./nothing-leaks/drop-files.ts";
import type { LeakyWorld } from "./nothing-leaks/leaky-world.ts";
import { failing, findWhatWasMissed, misbehave, putForeignMessages, setUp, signs } from "./nothing-leaks/scenario.ts";
import { allowedIn, type FoundBlob, readAllBlobs } from "./nothing-leaks/storage-search.ts";
import { type Category, MarkedWords, WordSearch } from "./nothing-leaks/words.ts";

const drops = ["good-2026-06-04-1", "plain-2026-06-04-1", "talking-file-2026-06-04-1"];

test("marked words of chats, people, files, keys and servers are nowhere but where they belong", async (t) => {
  const words = new MarkedWords();
  const people = Array.from({ length: 5 }, () => makePerson(words));
  const world = await setUp(words, people);
  try {
    const foreign = await putForeignMessages(world, words);
    misbehave(world, words);
    await world.startHost();
    await until(world, "all is read", () => drops.slice(0, 2).every((drop) => hasSealed(world, drop)));
    await world.crash("throw", words.mark("crash", signs));
    await until(world, "the worker has crashed", () => crashes(world) >= 1);
    world.standIns.entra.tokens.expireAll();
    await until(world, "everything is over", async () => await isOver(world, foreign.length));
    await world.crash("reject", words.mark("crash", signs));
    await until(world, "the worker has crashed again", () => crashes(world) >= 2);
    await world.host.kill();
    await world.startHost();
    await until(world, "the new host works", () =>
      lastStart(world).some(({ message }) => message.includes("site.listed")),
    );
    await world.host.stop();
    await world.queues.end();
    for (const token of world.tokens) words.add("secret", token.slice(-24));
    words.add("secret", world.accountKey);
    assert.deepEqual(findWhatWasMissed(world), []);
    await search(t, world, words, new Set(foreign));
  } finally {
    await world.end();
  }
});

async function until(world: LeakyWorld, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(120_000);
  while (!(await holds())) {
    if (deadline.aborted)
      throw new Error(
        `${what}: not within two minutes\n${world.lines
          .slice(-30)
          .map(({ message }) => message)
          .join("\n")}`,
      );
    await sleep(300);
  }
}

function hasSealed({ lines }: LeakyWorld, drop: string): boolean {
  return lines.some(({ message }) => message.includes('"file.sealed"') && message.includes(drop));
}

/** What the latest host has said. */
function lastStart({ lines }: LeakyWorld): readonly HostLogLine[] {
  return lines.slice(lines.findLastIndex(({ message }) => message.startsWith("Host started")));
}

function crashes({ lines }: LeakyWorld): number {
  return lines.filter(({ message }) => message.startsWith("The worker process ended")).length;
}

/** All drops are closed, all broken connectors have said why, every foreign message is buried. */
async function isOver(world: LeakyWorld, foreign: number): Promise<boolean> {
  for (const drop of drops) if ((await world.blobs.head(`state/closed/${drop}`)) === undefined) return false;
  const told = world.lines
    .map(({ message }) => message)
    .filter((message) => message.includes("connector.fetch-failed"));
  const isTold = Object.entries(failing).every(([name, error]) =>
    told.some((message) => message.includes(`"connector":"${name}"`) && message.includes(error)),
  );
  return isTold && world.lines.filter(({ message }) => message.includes('"message.dead"')).length >= foreign;
}

async function search(
  t: TestContext,
  world: LeakyWorld,
  words: MarkedWords,
  foreign: ReadonlySet<string>,
): Promise<void> {
  const finder = new WordSearch(words);
  const blobs = await readAllBlobs(world.connectionString);
  const messages = [...world.queues.seen.values()].filter(({ raw }) => !foreign.has(raw));
  const leaks = [
    ...inLines(world, finder),
    ...messages.flatMap(({ queue, raw, text }) =>
      finder.find(`${raw}\n${text}`).map((leak) => `queue ${queue}: ${leak}`),
    ),
    ...blobs.flatMap((blob) => inBlob(blob, finder)),
  ];
  await expectSeen(world, words, blobs);
  t.diagnostic(
    `${words.size} words in ${finder.forms} spellings; searched: ${world.lines.length} log lines, ${messages.length} queue messages, ` +
      `${blobs.length} blobs, ${Math.round(finder.searchedInBytes / 1e3)} KB; leaks: ${leaks.length}`,
  );
  assert.deepEqual([...new Set(leaks)], []);
}

function inLines({ lines }: LeakyWorld, finder: WordSearch): string[] {
  const text = lines.map((line) => `${line.message}\n${JSON.stringify(line)}`).join("\n");
  return finder.find(text).map((leak) => `log: ${leak}`);
}

function inBlob({ path, properties, content }: FoundBlob, finder: WordSearch): string[] {
  return [
    ...finder.find(`${path}\n${properties}`).map((leak) => `name or properties of ${path}: ${leak}`),
    ...finder.find(content, allowedIn(path)).map((leak) => `content of ${path}: ${leak}`),
  ];
}

/** A search that finds nothing must have had something to find: each word is where it belongs. */
async function expectSeen(world: LeakyWorld, words: MarkedWords, blobs: readonly FoundBlob[]): Promise<void> {
  const exported = join(world.folder, "mailboxes.json");
  await world.standIns.graph.exportTo(exported);
  const mailboxes = await readFile(exported, "utf8");
  const under = (prefix: string): string =>
    blobs
      .filter(({ path }) => path.startsWith(prefix))
      .map(({ content }) => content)
      .join("\n");
  const places: [Category, string][] = [
    ["text", under("chats/")],
    ["room", under("drops/")],
    ["person", under("chats/") + under("drops/")],
    ["firm", under("work/")],
    ["attachment", under("drops/")],
    ["site-file", under("state/file/")],
    ["mapping", under("state/mapping/")],
    ["damaged", under("evidence/")],
    ["foreign", under("state/dead/")],
  ];
  for (const [category, place] of places) {
    const seen = words.of(category).filter((word) => place.includes(word));
    assert.ok(seen.length > 0, `no word of ${category} is where it belongs`);
  }
  for (const category of ["text", "room", "person", "firm", "attachment"] as const) {
    assert.ok(
      words.of(category).some((word) => mailboxes.includes(word)),
      `no ${category} is in a mailbox`,
    );
  }
}
