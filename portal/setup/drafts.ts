import { ask } from "../api.ts";
import type { Reply } from "../api-types.ts";
import type { SavedDocument, SaverDeps } from "./saver.ts";
import { toPatch, toSettings } from "./settings.ts";

/** A draft as the API tells it. */
export type Draft = Reply<"readDraft">;
/** A connector as the API tells it. */
export type ConnectorDetails = Reply<"readConnector">;

/** How a draft is read and saved. */
export function toDraftDeps(name: string): SaverDeps<Draft> {
  const asked = { params: { name } };
  return {
    read: async () => toSavedDraft(await ask("readDraft", asked)),
    save: async (changes, ifMatch) =>
      toSavedDraft(await ask("changeDraft", { ...asked, body: { values: toPatch(changes) } }, { ifMatch })),
  };
}

/** A draft with its version. */
export function toSavedDraft({ body, etag }: { body: Draft; etag: string | undefined }): SavedDocument<Draft> {
  return { body, etag, settings: toSettings(body.values) };
}

/** How a connector is read and saved. Its feed never changes. */
export function toConnectorDeps(name: string): SaverDeps<ConnectorDetails> {
  const asked = { params: { name } };
  const toSaved = ({ body, etag }: { body: ConnectorDetails; etag: string | undefined }) => ({
    body,
    etag,
    settings: toSettings(body.connector),
  });
  return {
    read: async () => toSaved(await ask("readConnector", asked)),
    save: async (changes, ifMatch) => {
      const { feed: _never, ...body } = toPatch(changes);
      return toSaved(await ask("changeConnector", { ...asked, body }, { ifMatch }));
    },
  };
}
