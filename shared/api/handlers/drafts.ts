import type { ConnectorName } from "../../chat/identifiers.ts";
import { checkDraft, nextStepByValues, type StepState } from "../../pipeline/check-draft.ts";
import { type Draft, draft, listDraftNames, readDraft } from "../../pipeline/draft-book.ts";
import { finishDraft } from "../../pipeline/finish-draft.ts";
import { forgetSetup, gone, stays } from "../../pipeline/forget-setup.ts";
import { readLastValidation } from "../../pipeline/last-validation.ts";
import { mergeDraftValues } from "../../pipeline/merge-values.ts";
import { listTakenNumbers } from "../../pipeline/pgp-key-numbers.ts";
import { secretName } from "../../secrets/secret-name.ts";
import { paths } from "../../store/paths.ts";
import { createDocument, DocumentFault, type StoredDocument } from "../../store/state-document.ts";
import { audited } from "../audited.ts";
import { type DraftDetails, type DraftSummary, draftRoutes } from "../contract/drafts.ts";
import { changeMatching, requireMatch } from "../if-match.ts";
import { toOperations } from "../operation.ts";
import { takePage } from "../paging.ts";
import { type ApiProblem, conflict, invalid, notFound, preconditionFailed, refused } from "../problem.ts";
import type { HandlersFor } from "../request.ts";
import { alone } from "./alone.ts";
import { type SetupDeps, toInstant, withVault } from "./setup-deps.ts";
import { toLastValidation } from "./show-connector.ts";

const handlers: HandlersFor<typeof draftRoutes, SetupDeps> = {
  checkName: async (deps, { params: { name } }) => ({ body: { name, isTaken: await isTaken(deps, name) } }),
  listDrafts: async ({ blobs }, { query }) => {
    const page = await takePage(listDraftNames(blobs), query, String);
    const items = await Promise.all(page.items.map((name) => summarise(blobs, name)));
    return { body: { ...page, items: items.filter((item) => item !== undefined) } };
  },
  createDraft: async (deps, { principal, body: { name, values = {} } }) => {
    await refuseTaken(deps, name);
    const now = deps.clock.now();
    const first: Draft = {
      v: 1,
      name,
      createdAt: now,
      changedAt: now,
      values: mergeDraftValues({}, values),
      keys: await withVault(() => listOldKeys(deps, name)),
    };
    await audited(deps, principal, { action: "create-draft", target: name }, () => create(deps, first));
    return await show(deps, await requireDraft(deps, name));
  },
  readDraft: async (deps, { params: { name } }) => await show(deps, await requireDraft(deps, name)),
  changeDraft: async (deps, { principal, params: { name }, body, ifMatch }) => {
    const seen = await requireDraft(deps, name);
    requireMatch(ifMatch, seen.etag);
    if (seen.value.isFinishing === true) throw refused("The draft is being finished. Finish it again, or delete it.");
    const changedAt = deps.clock.now();
    const accepted =
      body.hasAcceptedTerms === true ? { terms: { acceptedBy: principal.id, acceptedAt: changedAt } } : {};
    const change = (now: Draft): Draft => ({
      ...now,
      ...(now.terms === undefined ? accepted : {}),
      changedAt,
      values: mergeDraftValues(now.values, body.values ?? {}),
    });
    const details = { fields: Object.keys(body.values ?? {}), hasAcceptedTerms: body.hasAcceptedTerms === true };
    const document = { path: paths.draft(name), schema: draft };
    const changed = await audited(deps, principal, { action: "change-draft", target: name, details }, () =>
      // At the version that was looked at, also where the caller takes any: it may be finished by now.
      changeMatching(deps, document, seen.etag, change),
    );
    if (changed === undefined) throw notFound("draft");
    return await show(deps, changed);
  },
  deleteDraft: async (deps, request) =>
    await alone(deps, request.params.name, (lost) => deleteAlone(deps, request, lost)),
  finishDraft: async (deps, request) =>
    await alone(deps, request.params.name, (lost) => finishAlone(deps, request, lost)),
};

type Handlers = HandlersFor<typeof draftRoutes, SetupDeps>;
type Asked<Endpoint extends keyof Handlers> = Parameters<Handlers[Endpoint]>[1];
type Answered<Endpoint extends keyof Handlers> = ReturnType<Handlers[Endpoint]>;

async function deleteAlone(
  deps: SetupDeps,
  { principal, params: { name }, ifMatch }: Asked<"deleteDraft">,
  lost: AbortSignal,
): Answered<"deleteDraft"> {
  const seen = await requireDraft(deps, name);
  requireMatch(ifMatch, seen.etag);
  const isFinished = await isConnector(deps, name);
  await audited(deps, principal, { action: "delete-draft", target: name }, async () => {
    lost.throwIfAborted();
    // A finish that was broken off has left a draft beside its connector, to which all else belongs by now.
    if (!isFinished) await withVault(() => forgetSetup(deps, name));
    await deps.blobs.remove(paths.draft(name), seen.etag);
  });
  if ((await readDraft(deps.blobs, name)) !== undefined) throw preconditionFailed();
  if (isFinished)
    return { body: { gone: ["The draft."], stays: ["The connector of this name, with everything of it."] } };
  return { body: { gone: ["The draft.", ...gone], stays: [...stays] } };
}

async function finishAlone(
  deps: SetupDeps,
  { principal, params: { name }, ifMatch }: Asked<"finishDraft">,
  lost: AbortSignal,
): Answered<"finishDraft"> {
  const seen = await readDraft(deps.blobs, name);
  if (seen === undefined) {
    // The answer to an earlier try may have been lost.
    if (await isConnector(deps, name)) return { body: { name } };
    throw notFound("draft");
  }
  requireMatch(ifMatch, seen.etag);
  const steps = await withVault(() => checkDraft(deps, seen.value));
  if (steps.some(({ missing }) => missing.length > 0)) throw toIncomplete(steps);
  const end = await audited(deps, principal, { action: "finish-draft", target: name }, async () => {
    lost.throwIfAborted();
    return await finishDraft(deps, name, seen);
  });
  if (end === "changed") throw preconditionFailed();
  if (end === "taken") throw conflict("There is another connector of this name by now. Delete the draft.");
  return { body: { name } };
}

/** The endpoints about drafts. */
export const draftOperations = toOperations(draftRoutes, handlers);

async function requireDraft({ blobs }: Pick<SetupDeps, "blobs">, name: ConnectorName): Promise<StoredDocument<Draft>> {
  const found = await readDraft(blobs, name);
  if (found === undefined) throw notFound("draft");
  return found;
}

async function isConnector({ blobs }: Pick<SetupDeps, "blobs">, name: ConnectorName): Promise<boolean> {
  return (await blobs.head(paths.connector(name))) !== undefined;
}

const taken = "There is a connector or a draft of this name already. Choose another name.";

async function refuseTaken(deps: Pick<SetupDeps, "blobs">, name: ConnectorName): Promise<void> {
  if (await isTaken(deps, name)) throw conflict(taken);
}

async function isTaken(deps: Pick<SetupDeps, "blobs">, name: ConnectorName): Promise<boolean> {
  return (await isConnector(deps, name)) || (await deps.blobs.head(paths.draft(name))) !== undefined;
}

/** The connector is looked for once more: another draft of the name may have become one while this was made. */
async function create(deps: SetupDeps, first: Draft): Promise<void> {
  const path = paths.draft(first.name);
  if ((await createDocument(deps.blobs, path, draft, first, { writer: deps.writer })) === "different") {
    throw conflict(taken);
  }
  if (!(await isConnector(deps, first.name))) return;
  await deps.blobs.remove(path);
  throw conflict(taken);
}

/** Keys of an earlier connector or draft of the name: evidence may need them, and senders may use them still. */
async function listOldKeys({ blobs, secrets }: SetupDeps, name: ConnectorName): Promise<number[]> {
  const numbers = await listTakenNumbers(blobs, name);
  const values = await Promise.all(
    numbers.map((number) => secrets.getOptional(secretName(name, `pgp-private-key-${number}`), { fresh: true })),
  );
  return numbers.filter((_, at) => values[at] !== undefined);
}

async function show(
  deps: SetupDeps,
  { value, etag }: StoredDocument<Draft>,
): Promise<{ readonly etag: string; readonly body: DraftDetails }> {
  const { name, values, keys, terms, createdAt, changedAt } = value;
  const steps = await withVault(() => checkDraft(deps, value));
  const validated = await readLastValidation(deps.blobs, name);
  const body: DraftDetails = {
    ...{ name, values, keys: [...keys] },
    createdAt: toInstant(createdAt),
    changedAt: toInstant(changedAt),
    ...(terms === undefined
      ? {}
      : { terms: { acceptedBy: terms.acceptedBy, acceptedAt: toInstant(terms.acceptedAt) } }),
    steps: steps.map(({ missing, ...step }) => ({ ...step, missing: [...missing] })),
    ...(validated === undefined ? {} : { validated: toLastValidation(validated) }),
  };
  return { etag, body };
}

async function summarise(blobs: SetupDeps["blobs"], name: ConnectorName): Promise<DraftSummary | undefined> {
  try {
    const found = await readDraft(blobs, name);
    if (found === undefined) return undefined;
    const { createdAt, changedAt } = found.value;
    const nextStep = nextStepByValues(found.value);
    return { name, createdAt: toInstant(createdAt), changedAt: toInstant(changedAt), nextStep };
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    return { name, problem: error.message };
  }
}

function toIncomplete(steps: readonly StepState[]): ApiProblem {
  const errors = steps.flatMap(({ step, missing }) =>
    missing.map(({ field, message }) => ({ path: `${step}.${field}`, message })),
  );
  return invalid(errors, "The draft is not complete.");
}
