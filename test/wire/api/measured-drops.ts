import { startAzurite } from "../../../local/azurite/azurite.ts";
import { dropRoutes } from "../../../shared/api/contract/drops.ts";
import { generationRoutes } from "../../../shared/api/contract/generations.ts";
import { searchRoutes } from "../../../shared/api/contract/search.ts";
import type { Route } from "../../../shared/api/route.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { mapAhead } from "../../../shared/store/map-ahead.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { createLog } from "../../../shared/telemetry/log.ts";
import { ApiWorld, type Given } from "../../support/api-world.ts";
import { writeClosedDrop, writeLargeDrop } from "../../support/large-drop.ts";
import { dropOf } from "../../support/pipeline-world.ts";

/** What a call took. */
export interface Measured {
  readonly name: string;
  /** HTTP requests to storage, tries included. */
  readonly requests: number;
  readonly inMs: number;
  readonly items: number | undefined;
}

/** Connectors that the drops are of. */
const connectors = 10;

/** The closed drops' ids, of so many connectors and days, the newest last. */
export function closedDrops(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(n / connectors))).toISOString().slice(0, 10);
    return `firm${n % connectors}-${day}-1`;
  });
}

/** Fills a real Azurite and calls what the daily pages call, each with what it costs. */
export async function measureDrops(closed: number, mailboxes: number): Promise<Measured[]> {
  const azurite = await startAzurite();
  try {
    let requests = 0;
    const storage = openAzureStorage(azurite, systemClock, {}, () => {
      requests += 1;
    });
    await storage.createMissing();
    const { blobs, queues } = storage;
    const write = (id: string): Promise<void> => writeClosedDrop(blobs, id, Date.now());
    for await (const _ of mapAhead(closedDrops(closed), 16, write));
    const size = { mailboxes, chunks: Math.ceil(mailboxes / 5), itemsEach: 100 };
    await writeLargeDrop(blobs, dropOf(1), size, Date.now());
    const directory = { find: async () => "unknown" as const };
    const api = new ApiWorld({
      blobs,
      directory,
      deps: { queues, clock: systemClock, log: createLog(() => undefined), writer: "test" },
    });
    const measured: Measured[] = [];
    const measure = async (name: string, route: Route, given: Given): Promise<string | undefined> => {
      const before = { requests, at: performance.now() };
      const { body } = await api.call(route, given);
      const inMs = Math.round(performance.now() - before.at);
      const { items, next } = toPage(body);
      measured.push({ name, requests: requests - before.requests, inMs, items });
      return next;
    };
    const cursor = await measure("first page of drops, nothing known", dropRoutes.listDrops, {
      query: { limit: "20" },
    });
    await measure("the same again", dropRoutes.listDrops, { query: { limit: "20" } });
    await measure("second page", dropRoutes.listDrops, { query: { limit: "20", cursor: cursor ?? "" } });
    await measure("one connector", dropRoutes.listDrops, { query: { connector: "firm3" } });
    await measure("needs a hand", dropRoutes.listDrops, { query: { state: "needsAHand" } });
    await measure("running drop, nothing known", dropRoutes.readDrop, { params: { drop: dropOf(1) } });
    await new Promise((resolve) => setTimeout(resolve, 4100));
    await measure("running drop, a poll", dropRoutes.readDrop, { params: { drop: dropOf(1) } });
    await measure("running drop, a second reader", dropRoutes.readDrop, { params: { drop: dropOf(1) } });
    const generation = { drop: dropOf(1), gen: "1" };
    await measure("page of mailboxes", generationRoutes.listMailboxes, { params: generation });
    await measure("whole report of the running drop", generationRoutes.readGeneration, { params: generation });
    await measure("search a day", searchRoutes.search, { body: { text: "2024-01-02" } });
    await measure("search a person", searchRoutes.search, { body: { text: "nobody@other.example" } });
    return measured;
  } finally {
    await azurite.stop();
  }
}

function toPage(body: unknown): { readonly items: number | undefined; readonly next: string | undefined } {
  const isPage = typeof body === "object" && body !== null && "items" in body;
  const items = isPage && Array.isArray(body.items) ? body.items.length : undefined;
  return { items, next: isPage && "next" in body && typeof body.next === "string" ? body.next : undefined };
}
