import type { ConnectorName } from "../../chat/identifiers.ts";
import { connector } from "../../config/connector.ts";
import { listOpenIdsOf } from "../../pipeline/drop-book.ts";
import { forgetSetup, gone, stays } from "../../pipeline/forget-setup.ts";
import { keepKeyNumbers } from "../../pipeline/pgp-key-numbers.ts";
import { withLease } from "../../pipeline/with-lease.ts";
import { paths } from "../../store/paths.ts";
import { readDocument } from "../../store/state-document.ts";
import { audited } from "../audited.ts";
import type { connectorRoutes } from "../contract/connectors.ts";
import { changeMatching, requireMatch } from "../if-match.ts";
import { preconditionFailed, refused } from "../problem.ts";
import type { Handler } from "../request.ts";
import { alone } from "./alone.ts";
import { type SetupDeps, withVault } from "./setup-deps.ts";
import { requireConnector } from "./show-connector.ts";

const alsoGone = ["The connector with its settings, and when it was fetched."];
const alsoStays = [
  "The evidence as it was received, the ledger, the reports and the audit log, as long as they are kept.",
  "The items in people's mailboxes.",
  "Which files were seen on the site: set up again under its name the connector fetches none of them twice.",
];

/** DELETE /connectors/{name} */
export const deleteConnector: Handler<typeof connectorRoutes.deleteConnector, SetupDeps> = async (deps, request) =>
  await alone(deps, request.params.name, () => deleteAlone(deps, request));

const deleteAlone: Handler<typeof connectorRoutes.deleteConnector, SetupDeps> = async (deps, request) => {
  const { principal, params, ifMatch } = request;
  const { name } = params;
  const { value, etag } = await requireConnector(deps, name);
  requireMatch(ifMatch, etag);
  await refuseOpen(deps, name);
  // While it is held no fetch opens a drop.
  const end = await withLease(deps, paths.lock(`fetch-${name}`), async (lost) => {
    await refuseOpen(deps, name);
    lost.throwIfAborted();
    return await audited(deps, principal, { action: "delete-connector", target: name }, async () => {
      if (value.encryption.type === "pgp") await keepKeyNumbers(deps, name, value.encryption.keys);
      return await remove(deps, name, etag);
    });
  });
  if (end === undefined) throw refused("The connector is being fetched at this moment. Try again when that is over.");
  // Not where it is audited: there it would say that nothing was done, and its secrets are gone.
  if (end === "overtaken") throw preconditionFailed();
  return { body: { gone: [...alsoGone, ...gone], stays: [...alsoStays, ...stays] } };
};

async function refuseOpen({ blobs }: SetupDeps, name: ConnectorName): Promise<void> {
  const open: string[] = [];
  for await (const id of listOpenIdsOf(blobs, name)) open.push(id);
  if (open.length === 0) return;
  const drops = open.length === 1 ? "A drop of it is" : `${open.length} drops of it are`;
  throw refused(
    `${drops} open, and cannot go on without the connector: ${open.slice(0, 5).join(", ")}. Wait until they are closed, or pause the connector.`,
  );
}

/**
 * Pauses it first, which fails when somebody has changed it since; from then on it may break off at any line and be done
 * again. The settings go last: without them nobody could ask for the rest.
 */
async function remove(deps: SetupDeps, name: ConnectorName, etag: string): Promise<"removed" | "overtaken"> {
  const document = { path: paths.connector(name), schema: connector };
  const paused = await changeMatching(deps, document, etag, (now) => ({ ...now, isPaused: true }));
  await withVault(() => forgetSetup(deps, name));
  await deps.blobs.remove(paths.fetch(name));
  if (paused !== undefined) await deps.blobs.remove(paths.connector(name), paused.etag);
  return (await readDocument(deps.blobs, paths.connector(name), connector)) === undefined ? "removed" : "overtaken";
}
