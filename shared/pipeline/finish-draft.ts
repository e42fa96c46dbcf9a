import { isDeepStrictEqual } from "node:util";
import type { ConnectorName } from "../chat/identifiers.ts";
import { connector } from "../config/connector.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument, type StoredDocument, updateDocument } from "../store/state-document.ts";
import { type Draft, draft, readDraft, toFinished } from "./draft-book.ts";
import { putKeyToUse } from "./pgp-key-numbers.ts";

/** What finishing takes. */
export interface FinishDraftDeps {
  readonly blobs: Pick<Blobs, "read" | "create" | "replace" | "remove">;
  readonly writer: string;
}

/**
 * Makes a connector of a complete draft, create-only, and then takes the draft away. It may break off at any line and be
 * done again.
 * @returns "changed" when it is no longer the draft that was seen; "taken" when there is another connector of the name
 */
export async function finishDraft(
  deps: FinishDraftDeps,
  name: ConnectorName,
  seen: StoredDocument<Draft>,
): Promise<"finished" | "changed" | "taken"> {
  const { blobs, writer } = deps;
  const finished = toFinished(seen.value);
  if ("faults" in finished) throw new Error("A draft that is not complete is being finished.");
  if (!(await beginFinish(deps, name, seen))) return "changed";
  const path = paths.connector(name);
  if ((await createDocument(blobs, path, connector, finished.connector, { writer })) === "different") return "taken";
  for (let left = await readDraft(blobs, name); left !== undefined; left = await readDraft(blobs, name)) {
    // A key that somebody has made at this moment. It changes the draft, so what is taken away is what was looked at.
    for (const number of left.value.keys.toReversed()) {
      if (!seen.value.keys.includes(number)) await putKeyToUse(deps, name, number, left.value.keys[0] === number);
    }
    await blobs.remove(paths.draft(name), left.etag);
  }
  return "finished";
}

/** From here on its values are not changed; its keys may be. */
async function beginFinish(
  { blobs, writer }: FinishDraftDeps,
  name: ConnectorName,
  seen: StoredDocument<Draft>,
): Promise<boolean> {
  const marked = await updateDocument(
    blobs,
    paths.draft(name),
    draft,
    (now) => (isDeepStrictEqual(now, seen.value) ? { ...now, isFinishing: true } : undefined),
    { writer },
  );
  return marked !== undefined;
}
