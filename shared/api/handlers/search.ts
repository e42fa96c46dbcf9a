import * as z from "zod";
import { chatDay, type DropId, dropId, dropParts } from "../../chat/identifiers.ts";
import { type FoundIn, type SearchDeps, searchDrops } from "../../pipeline/search-drops.ts";
import type { FoundFile } from "../../pipeline/search-files.ts";
import type { FoundItem } from "../../pipeline/search-items.ts";
import { canBe, toSearchKinds } from "../../pipeline/search-kinds.ts";
import type { FoundPerson } from "../../pipeline/search-people.ts";
import { type Found, searchRoutes } from "../contract/search.ts";
import { toOperations } from "../operation.ts";
import { parseCursor, toCursor } from "../paging.ts";
import { invalid } from "../problem.ts";
import type { HandlersFor } from "../request.ts";

export type { SearchDeps } from "../../pipeline/search-drops.ts";

const place = z.object({ after: dropId });

const handlers: HandlersFor<typeof searchRoutes, SearchDeps> = {
  search: async (deps, { body: { limit, cursor, kinds: asked, ...rest } }) => {
    const kinds = asked ?? toSearchKinds(rest.text);
    const wrong = kinds.findIndex((kind) => !canBe(kind, rest.text));
    if (wrong >= 0) throw invalid([{ path: `kinds.${wrong}`, message: "is nothing that the text can be" }]);
    const after = cursor === undefined ? undefined : parseCursor(place, cursor).after;
    const { found, searched, last, gaps } = await searchDrops(deps, { ...rest, kinds }, { limit, after });
    const items = found.map((one) => toFound(one, rest.text));
    const told = { items, kinds: [...kinds], searchedDrops: searched, notSearched: [...gaps] };
    if (last === undefined) return { body: told };
    return { body: { ...told, next: toCursor({ after: last }), searchedTo: dropParts(last).siteDay } };
  },
};

/** The endpoint that searches. */
export const searchOperations = toOperations(searchRoutes, handlers);

function toFound({ id, state, found }: FoundIn, text: string): Found {
  switch (found.type) {
    case "drop": {
      const day = found.as === "chatDay" ? { chatDay: chatDay.parse(text) } : {};
      return { type: "drop", ...toPlace(id), state, as: found.as, ...day };
    }
    case "file":
      return toFile(id, found);
    case "item":
      return toItem(id, found);
    case "person":
      return toPerson(id, found);
  }
}

function toPlace(id: DropId) {
  const { connector, siteDay } = dropParts(id);
  return { drop: id, connector, siteDay };
}

function toFile(id: DropId, { file, chatFile, as }: FoundFile): Found {
  return {
    ...{ type: "file", ...toPlace(id), file: file.id, path: file.path, state: file.state, as },
    ...(chatFile === undefined ? {} : { chatFile: chatFile.id }),
    ...(chatFile?.member === undefined ? {} : { member: chatFile.member }),
  };
}

/** Mailboxes named of one item. */
const mailboxesNamed = 100;

function toItem(id: DropId, { mailboxes, chatDay: day, type, ...item }: FoundItem): Found {
  return {
    ...{ type, ...toPlace(id), ...item, chatDay: chatDay.parse(day) },
    mailboxes: mailboxes.slice(0, mailboxesNamed),
    mailboxCount: mailboxes.length,
  };
}

function toPerson(id: DropId, { participant, ...found }: FoundPerson): Found {
  const { imId, email, displayName } = participant ?? {};
  return {
    ...{ ...toPlace(id), ...found },
    ...(imId === undefined ? {} : { imId }),
    ...(email === undefined ? {} : { email }),
    ...(displayName === undefined ? {} : { displayName }),
  };
}
