import type { ConnectorName } from "../../chat/identifiers.ts";
import { type Connector, connector } from "../../config/connector.ts";
import type { ConnectorPatch } from "../../config/connector-values.ts";
import { findChoiceFaults } from "../../pipeline/check-draft.ts";
import { listConnectors } from "../../pipeline/connector-book.ts";
import { forgetRefusal } from "../../pipeline/fetch-due.ts";
import { mergeConnector } from "../../pipeline/merge-values.ts";
import { keepKeyNumbers, listTakenNumbers } from "../../pipeline/pgp-key-numbers.ts";
import { secretName } from "../../secrets/secret-name.ts";
import { paths } from "../../store/paths.ts";
import { updateDocument } from "../../store/state-document.ts";
import { audited } from "../audited.ts";
import { connectorRoutes } from "../contract/connectors.ts";
import { changeMatching, requireMatch } from "../if-match.ts";
import { toOperations } from "../operation.ts";
import { takePage } from "../paging.ts";
import type { Principal } from "../principal.ts";
import { invalid, notFound, refused } from "../problem.ts";
import { limitRate } from "../rate-limit.ts";
import type { HandlersFor } from "../request.ts";
import { deleteConnector } from "./delete-connector.ts";
import { type SetupDeps, toInstant, withVault } from "./setup-deps.ts";
import { requireConnector, type ShowConnectorDeps, showConnector, summariseConnector } from "./show-connector.ts";

/** What the endpoints about connectors take. */
export type ConnectorDeps = SetupDeps & ShowConnectorDeps;

const tenMinutes = 600_000;
/** Each fetch signs in, also where the site has refused it: the same reasons as for validating. */
const fetchesOfOne = { most: 10, withinInMs: tenMinutes };
const fetchesOfAll = { name: "fetch", most: 60, withinInMs: tenMinutes };

const handlers: HandlersFor<typeof connectorRoutes, ConnectorDeps> = {
  listConnectors: async (deps, { query }) => {
    const { items, ...page } = await takePage(await listConnectors(deps.blobs), query, String);
    const shown = await withVault(() => Promise.all(items.map((name) => summariseConnector(deps, name))));
    return { body: { ...page, items: shown.filter((item) => item !== undefined) } };
  },
  readConnector: async (deps, { params: { name } }) => await showConnector(deps, await requireConnector(deps, name)),
  changeConnector: async (deps, { principal, params: { name }, body, ifMatch }) => {
    const { value, etag } = await requireConnector(deps, name);
    requireMatch(ifMatch, etag);
    const spareKeys = value.encryption.type === "none" ? await withVault(() => listSpareKeys(deps, name)) : [];
    const next = await requireGood(deps, value, body, spareKeys);
    const asked = { action: "change-connector", target: name, details: toDetails(body) };
    const document = { path: paths.connector(name), schema: connector };
    const changed = await audited(deps, principal, asked, async () => {
      // Settings without encryption forget the keys' numbers, and nothing else has them of a connector that was set up by hand.
      if (value.encryption.type === "pgp") await keepKeyNumbers(deps, name, value.encryption.keys);
      // At the version that `next` was made of, also where the caller takes any.
      return await changeMatching(deps, document, etag, () => next);
    });
    if (changed === undefined) throw notFound("connector");
    return await showConnector(deps, changed);
  },
  deleteConnector,
  pauseConnector: async (deps, { principal, params: { name } }) => {
    await setPaused(deps, principal, name, true);
    return await showConnector(deps, await requireConnector(deps, name));
  },
  resumeConnector: async (deps, { principal, params: { name } }) => {
    await setPaused(deps, principal, name, false);
    return await showConnector(deps, await requireConnector(deps, name));
  },
  fetchConnector: async (deps, { principal, params: { name } }) => {
    const { value } = await requireConnector(deps, name);
    if (value.isPaused) throw refused("The connector is paused, so nothing is fetched. Resume it first.");
    await limitRate(deps, fetchesOfAll);
    await limitRate(deps, { name: `fetch-${name}`, ...fetchesOfOne });
    const askedAt = deps.clock.now();
    await audited(deps, principal, { action: "fetch-connector", target: name }, async () => {
      await forgetRefusal(deps, name);
      await deps.queues.send("fetches", { v: 1, runId: `fetch-${name}`, connector: name });
    });
    return { body: { askedAt: toInstant(askedAt) } };
  },
};

/** The endpoints about connectors. */
export const connectorOperations = toOperations(connectorRoutes, handlers);

/** The connector as it is to be. @throws ApiProblem (400) */
async function requireGood(
  deps: SetupDeps,
  value: Connector,
  body: ConnectorPatch,
  spareKeys: readonly number[],
): Promise<Connector> {
  const merged = mergeConnector(value, body, spareKeys);
  if ("faults" in merged) throw invalid(merged.faults);
  const { name, mapping, people } = merged.connector;
  const isOtherChoice = body.people !== undefined || body.mapping !== undefined;
  const faults = isOtherChoice ? await findChoiceFaults(deps.blobs, name, { mapping, people }) : [];
  if (faults.length > 0) throw invalid(faults.map(({ field, message }) => ({ path: field, message })));
  return merged.connector;
}

/** What is changed, by the fields' names, and in full where a connection goes: an auditor asks for that. */
function toDetails(body: ConnectorPatch): Readonly<Record<string, string | number | string[]>> {
  const { site, ...others } = body;
  const fields = [...Object.keys(others), ...Object.keys(site ?? {}).map((field) => `site.${field}`)];
  const { host, port, hostKeys } = site ?? {};
  return {
    fields,
    ...(typeof host === "string" ? { host } : {}),
    ...(typeof port === "number" ? { port } : {}),
    ...(Array.isArray(hostKeys) ? { hostKeys: [...hostKeys] } : {}),
  };
}

/** Keys that a connector without encryption has in the vault, newest first. */
async function listSpareKeys({ blobs, secrets }: SetupDeps, name: ConnectorName): Promise<number[]> {
  const spare: number[] = [];
  for (const number of await listTakenNumbers(blobs, name)) {
    const found = await secrets.getOptional(secretName(name, `pgp-private-key-${number}`), { fresh: true });
    if (found !== undefined) spare.push(number);
  }
  return spare;
}

/** Whoever asks for what is so already changes nothing, and leaves no record of it. */
async function setPaused(deps: SetupDeps, principal: Principal, name: ConnectorName, isPaused: boolean): Promise<void> {
  const { value } = await requireConnector(deps, name);
  if (value.isPaused === isPaused) return;
  const change = (now: Connector): Connector => ({ ...now, isPaused });
  const action = isPaused ? "pause-connector" : "resume-connector";
  await audited(deps, principal, { action, target: name }, () =>
    updateDocument(deps.blobs, paths.connector(name), connector, change, { writer: deps.writer }),
  );
}
