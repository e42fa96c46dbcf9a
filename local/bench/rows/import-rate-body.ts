import { Client } from "@microsoft/microsoft-graph-client";
import { z } from "zod";
import { type DropId, dropId, mailboxParts } from "../../../shared/chat/identifiers.ts";
import { buildItem } from "../../../shared/import/build-item.ts";
import type { GraphMessage } from "../../../shared/import/email-item.ts";
import { inLanes } from "../../../shared/import/lanes.ts";
import type { Body } from "../measure/body.ts";
import { mailboxOf, putDrop, toWorkLines } from "./import-drop.ts";
import { type ImportSetup, importWhole, startImport } from "./import-setup.ts";

const argsOf = z.object({
  mailboxes: z.number(),
  /** Of each mailbox. */
  items: z.number(),
  /** Mailboxes that are imported into at once; each has as many requests under way as the settings say. */
  atOnce: z.number(),
  latencyInMs: z.number(),
  /** Whether the bare SDK posts the same bodies instead. */
  isBare: z.boolean(),
});

/** Imported before it is timed: what runs for the first time is compiled meanwhile. */
const warmUpItems = 200;

interface DropOf {
  readonly drop: DropId;
  readonly mailboxes: number;
  /** Of each mailbox. */
  readonly items: number;
}

/** Imports a drop's mailboxes, or has the bare SDK post the very same bodies to the same stub, with as many requests at once. */
export const importRateBody: Body = async (args, watch) => {
  const { mailboxes, items, atOnce, latencyInMs, isBare } = argsOf.parse(args);
  const setup = await startImport({ latencyInMs });
  try {
    const all = Array.from({ length: mailboxes }, (_, n) => n);
    const common = { mailboxes: Math.max(3, mailboxes) };
    const [measured, before]: DropOf[] = [
      { ...common, drop: dropId.parse("bench-2026-06-03-1"), items },
      { ...common, drop: dropId.parse("bench-2026-06-02-1"), items: warmUpItems },
    ];
    if (measured === undefined || before === undefined) throw new Error("two drops were made");
    const { blobs } = setup.import;
    await putDrop(blobs, { ...measured, items: Object.fromEntries(all.map((n) => [n, items])) });
    await putDrop(blobs, { ...before, items: { 0: before.items } });
    if (isBare) await postAll(setup, { measured, before, all, atOnce }, watch);
    else {
      await importWhole(setup.import, before.drop, mailboxOf(0));
      await watch.time(() => inLanes(all, atOnce, (n) => importWhole(setup.import, measured.drop, mailboxOf(n))));
    }
    return { items: mailboxes * items };
  } finally {
    await setup.stop();
  }
};

interface Post {
  readonly path: string;
  readonly message: GraphMessage;
}

interface Posting {
  readonly measured: DropOf;
  readonly before: DropOf;
  readonly all: readonly number[];
  readonly atOnce: number;
}

async function postAll(
  setup: ImportSetup,
  { measured, before, all, atOnce }: Posting,
  watch: Parameters<Body>[1],
): Promise<void> {
  const { lanes } = setup.import.settings;
  const origin = new URL(setup.graphUrl);
  const client = Client.init({
    baseUrl: origin.origin,
    customHosts: new Set([origin.hostname]),
    authProvider: (done) => done(null, "bench"),
  });
  const post = async ({ path, message }: Post): Promise<void> => {
    await client.api(path).post(message);
  };
  const posts: Post[] = [];
  for (const n of all) posts.push(...(await listPosts(setup, measured, n)));
  await inLanes(await listPosts(setup, before, 0), atOnce * lanes, post);
  await watch.time(() => inLanes(posts, atOnce * lanes, post));
}

/** What importing a mailbox would post. */
async function listPosts({ import: deps }: ImportSetup, of: DropOf, n: number): Promise<Post[]> {
  const context = { drop: of.drop, people: await deps.peopleOf(of.drop, 1), facts: await deps.factsOf(of.drop) };
  const path = `/users/${mailboxParts(mailboxOf(n)).oid}/mailFolders/folder/messages`;
  const posts: Post[] = [];
  for (const work of toWorkLines(of, n, of.items)) {
    const built = await buildItem(deps.blobs, context, { work });
    if (!("item" in built)) throw new Error(`an item could not be built: ${built.failure}`);
    posts.push({ path, message: built.item.message });
  }
  return posts;
}
