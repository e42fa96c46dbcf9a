import type { ConnectorName } from "../../chat/identifiers.ts";
import type { UnfinishedConnector } from "../../config/connector-values.ts";
import { toUnfinished } from "../../pipeline/draft-book.ts";
import { noteValidation } from "../../pipeline/last-validation.ts";
import type { Subject } from "../../pipeline/secret-owner.ts";
import { type ValidationStep, validateConnection } from "../../pipeline/validate-connection.ts";
import { toVerdict } from "../../pipeline/validation-steps.ts";
import { withLease } from "../../pipeline/with-lease.ts";
import { paths } from "../../store/paths.ts";
import { audited } from "../audited.ts";
import type { keyRoutes, ValidationReply } from "../contract/keys.ts";
import { invalid, refused } from "../problem.ts";
import { limitRate } from "../rate-limit.ts";
import type { Handler } from "../request.ts";
import { requireSubject, type SetupDeps, toInstant } from "./setup-deps.ts";

/** All of it is over by then, so that no front end gives the request up before its answer: the shortest does after 230 s. */
const longestInMs = 50_000;
const minute = 60_000;
/** Each try may send a password, and a site that is sent a wrong one too often locks the account. */
const perConnector = { most: 8, withinInMs: 10 * minute };
/** However many drafts there are, the app is no port scanner. */
const inAll = { name: "validation", most: 40, withinInMs: 10 * minute };

/** POST .../validation */
export const validateDraftOrConnector: Handler<typeof keyRoutes.validateConnection, SetupDeps> = async (
  deps,
  { principal, params: { name } },
) => {
  const connector = toConnector(await requireSubject(deps.blobs, name));
  const reply = await withLease(deps, paths.lock(`validation-${name}`), async (lost) => {
    await limitRate(deps, inAll);
    await limitRate(deps, { name: `validation-${name}`, ...perConnector });
    const { host, port } = connector.site;
    const asked = { action: "validate-connection", target: name, details: { host, port } };
    return await audited(deps, principal, asked, () => validate(deps, connector, lost));
  });
  if (reply === undefined) throw refused("The connection is being validated at this moment. Wait until that is over.");
  return { body: reply };
};

/** @throws ApiProblem (400) naming what a connection cannot be tried without */
function toConnector(subject: Subject): UnfinishedConnector {
  if (subject.kind === "connector") return subject.value;
  const unfinished = toUnfinished(subject.value);
  if ("connector" in unfinished) return unfinished.connector;
  throw invalid(unfinished.faults, "The connection cannot be tried before these are given.");
}

async function validate(deps: SetupDeps, connector: UnfinishedConnector, lost: AbortSignal): Promise<ValidationReply> {
  const startedAt = deps.clock.now();
  const signal = AbortSignal.any([lost, AbortSignal.timeout(longestInMs)]);
  const steps = await validateConnection({ secrets: deps.secrets, ...deps.trial }, connector, signal);
  await note(deps, connector.name, startedAt, steps);
  const verdict = toVerdict(steps);
  const tookInMs = Math.max(0, Math.round(deps.clock.now() - startedAt));
  return { isOk: verdict !== "fails", verdict, steps: steps.map(toShown), startedAt: toInstant(startedAt), tookInMs };
}

async function note(deps: SetupDeps, name: ConnectorName, at: number, steps: readonly ValidationStep[]): Promise<void> {
  const failed = steps.find(({ outcome }) => outcome === "failed");
  const reason = failed?.reason;
  deps.log.info("connector.validated", {
    connector: name,
    isOk: failed === undefined,
    step: failed?.step,
    reason,
  });
  await noteValidation(deps, name, {
    at,
    isOk: failed === undefined,
    verdict: toVerdict(steps),
    ...(failed === undefined ? {} : { failedStep: failed.step }),
    ...(reason === undefined ? {} : { reason }),
  });
}

type ShownStep = ValidationReply["steps"][number];

/** Lists that can be changed, as the contract's types have them. */
function toShown({ details, ...step }: ValidationStep): ShownStep {
  if (details === undefined) return step;
  const { hostKeys, firstNames, otherNames, ...others } = details;
  return {
    ...step,
    details: {
      ...others,
      ...(hostKeys === undefined ? {} : { hostKeys: [...hostKeys] }),
      ...(firstNames === undefined ? {} : { firstNames: [...firstNames] }),
      ...(otherNames === undefined ? {} : { otherNames: [...otherNames] }),
    },
  };
}
