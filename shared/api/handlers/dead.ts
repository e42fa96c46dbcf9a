import * as z from "zod";
import { dropParts } from "../../chat/identifiers.ts";
import { pageDead, type ShownDead } from "../../pipeline/page-dead.ts";
import { toDeadEntry } from "../../pipeline/report-dead.ts";
import type { Work } from "../../pipeline/work-name.ts";
import { type DeadRow, deadRoutes } from "../contract/dead.ts";
import { toOperations } from "../operation.ts";
import { parseCursor, toCursor } from "../paging.ts";
import type { HandlersFor } from "../request.ts";
import { type ChangeDropDeps, redrive } from "./change-drop.ts";
import { atIf } from "./show-drop.ts";

const place = z.object({ after: z.string() });

const handlers: HandlersFor<typeof deadRoutes, ChangeDropDeps> = {
  listDead: async ({ blobs }, { query: { limit, cursor, ...filter } }) => {
    const after = cursor === undefined ? undefined : parseCursor(place, cursor).after;
    const { items, last } = await pageDead(blobs, filter, { limit, after });
    const rows = items.map(toDeadRow);
    return { body: last === undefined ? { items: rows } : { items: rows, next: toCursor({ after: last }) } };
  },
  redriveDead: async (deps, { principal, body }) => ({ body: await redrive(deps, principal, body) }),
};

/** The endpoints of dead work. */
export const deadOperations = toOperations(deadRoutes, handlers);

function toDeadRow({ id, dead, standing }: ShownDead): DeadRow {
  const { queue, work, deaths, reason } = toDeadEntry(dead);
  return {
    ...{ id, queue, work, standing, deaths, redrives: dead.redrives },
    ...toWorkFields(dead.work),
    ...(reason === undefined ? {} : { reason }),
    // Of a record that cannot be read there is no time.
    ...(standing === "unreadable" ? {} : toTimes(dead)),
  };
}

function toTimes({ firstAt, lastAt, redrivenAt }: ShownDead["dead"]): Partial<DeadRow> {
  return { ...atIf("firstAt", firstAt), ...atIf("lastAt", lastAt), ...atIf("redrivenAt", redrivenAt) };
}

function toWorkFields(
  work: Work | undefined,
): Partial<Pick<DeadRow, "connector" | "drop" | "generation" | "file" | "mailbox">> {
  if (work === undefined) return {};
  if (work.queue === "fetches") return { connector: work.connector };
  const { drop, gen: generation } = work;
  return {
    ...{ drop, generation, connector: dropParts(drop).connector },
    ...("file" in work ? { file: work.file } : {}),
    ...("mailbox" in work ? { mailbox: work.mailbox } : {}),
  };
}
