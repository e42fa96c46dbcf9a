import { createHash } from "node:crypto";
import * as z from "zod";
import { dropId } from "../../chat/identifiers.ts";
import type { DropBoard, DropNow } from "../../pipeline/drop-board.ts";
import { type ListedGeneration, listGenerations } from "../../pipeline/list-generations.ts";
import { pageDrops } from "../../pipeline/page-drops.ts";
import type { Blobs } from "../../store/blobs.ts";
import { type DropView, dropRoutes } from "../contract/drops.ts";
import { toOperations } from "../operation.ts";
import { parseCursor, toCursor } from "../paging.ts";
import { notFound } from "../problem.ts";
import type { HandlersFor } from "../request.ts";
import { type ChangeDropDeps, redrive, release, reprocess, restart } from "./change-drop.ts";
import { toDropRow, toDropView } from "./show-drop.ts";

/** What looking at drops takes. */
export interface ShowDropDeps {
  readonly blobs: Blobs;
  readonly clock: { now(): number };
  /** One for the whole process: it keeps what many ask for. */
  readonly board: DropBoard;
}

/** What the endpoints of drops take. */
export type DropDeps = ShowDropDeps & ChangeDropDeps;

/** Where a page begins: behind a drop, which need not be there any more. */
const place = z.object({ after: dropId });

const handlers: HandlersFor<typeof dropRoutes, DropDeps> = {
  listDrops: async (deps, { query: { limit, cursor, ...filter } }) => {
    const after = cursor === undefined ? undefined : parseCursor(place, cursor).after;
    const { drops, last } = await pageDrops(deps, filter, { limit, after });
    const items = drops.map(toDropRow);
    return { body: last === undefined ? { items } : { items, next: toCursor({ after: last }) } };
  },
  readDrop: async (deps, { params: { drop } }) => {
    const now = await deps.board.read(drop);
    if (now === undefined) throw notFound("drop");
    const clocks = { now: deps.clock.now(), storage: deps.blobs.now() };
    const body = toDropView(now, await listGenerationsOf(deps, now), clocks);
    return { body, etag: toEtag(body) };
  },
  releaseDrop: async (deps, { principal, params, body }) => ({
    body: await release(deps, principal, params.drop, body.items),
  }),
  reprocessDrop: async (deps, { principal, params, body }) => ({
    body: await reprocess(deps, principal, params.drop, body),
  }),
  restartDrop: async (deps, { principal, params, body }) => ({
    body: await restart(deps, principal, params.drop, body.generation),
  }),
  redriveDrop: async (deps, { principal, params, body }) => ({
    body: await redrive(deps, principal, { drop: params.drop, ...body }),
  }),
};

/** The endpoints of drops. */
export const dropOperations = toOperations(dropRoutes, handlers);

async function listGenerationsOf(deps: ShowDropDeps, now: DropNow): Promise<ListedGeneration[]> {
  if (now.status === "unreadable") return [];
  const summary = now.status === "unreported" ? undefined : now.summary;
  return await listGenerations(deps, now.drop, { isRunning: now.status === "running", summary });
}

/** Of what is told but the time at which it was added up: it stays the same as long as nothing has happened. */
function toEtag({ asOf: _asOf, ...told }: DropView): string {
  return createHash("sha256").update(JSON.stringify(told)).digest("base64url").slice(0, 27);
}
