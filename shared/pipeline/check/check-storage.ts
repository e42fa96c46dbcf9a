import type { CheckId } from "../../chat/identifiers.ts";
import type { AccountFacts } from "../../store/account-facts.ts";
import type { Blobs } from "../../store/blobs.ts";
import { containers } from "../../store/paths.ts";
import { tasks } from "../../store/queues.ts";
import { ok, skipped, type Told, warning, wrong } from "./finding.ts";
import { tellUnknown } from "./tell-fault.ts";
import { tryBlobs } from "./try-blobs.ts";

/** What trying storage takes. */
export interface StorageDeps {
  readonly account: AccountFacts;
  readonly blobs: Blobs;
  /** The check's own id: names the blobs that are made, and the message that is put. */
  readonly check: CheckId;
  /** A laptop's storage has neither versions nor policies. */
  readonly isStandIn: boolean;
}

/** Containers in which nothing may be changed or deleted: infra/modules/storage.bicep, a test compares. Nothing is written there. */
export const immutableContainers = [
  "evidence",
  "ledger",
  "audit",
] as const satisfies readonly (keyof typeof containers)[];

/** Every queue that the functions listen to. */
export const queueNames: readonly string[] = [
  ...Object.keys(tasks).flatMap((queue) => [queue, `${queue}-poison`]),
  "webjobs-blobtrigger-poison",
];

/** Looks at every container and queue, and does in `state` what the stages do. */
export async function* checkStorage(deps: StorageDeps, signal: AbortSignal): AsyncGenerator<Told> {
  const bare = yield* checkContainers(deps, signal);
  yield* checkQueues(deps, signal);
  let isVersioned = false;
  try {
    isVersioned = await tryBlobs(deps, signal);
    yield ok("in state: written, read, compared, leased, appended, listed, deleted");
  } catch (error) {
    yield tellUnknown(error);
  }
  if (deps.isStandIn) {
    yield skipped("versions and immutability: this storage, a stand-in on a laptop, has neither");
    return;
  }
  yield* tellProtection(bare, isVersioned);
}

/** @returns those of the immutable containers that have no policy */
async function* checkContainers(
  { account }: StorageDeps,
  signal: AbortSignal,
): AsyncGenerator<Told, readonly string[]> {
  const names = Object.keys(containers);
  const missing: string[] = [];
  const open: string[] = [];
  const bare: string[] = [];
  for (const name of names) {
    const facts = await account.container(name, signal);
    if (facts === undefined) missing.push(name);
    else if (facts.isPublic) open.push(name);
    if (facts?.isImmutable === false && immutableContainers.some((one) => one === name)) bare.push(name);
  }
  if (missing.length > 0) yield tellMissing("containers", missing);
  if (open.length > 0) {
    yield wrong(
      `anybody may read without signing in: ${open.join(", ")}`,
      "Close them now: az storage container set-permission --public-access off, and deploy again, which forbids it for the account.",
    );
  }
  if (missing.length + open.length === 0) yield ok(`${names.length} containers are there`);
  return bare;
}

async function* checkQueues({ account, check }: StorageDeps, signal: AbortSignal): AsyncGenerator<Told> {
  const missing: string[] = [];
  const poisoned: string[] = [];
  for (const name of queueNames) {
    const messages = await account.messagesIn(name, signal);
    if (messages === undefined) missing.push(name);
    else if (messages > 0 && name.endsWith("-poison")) poisoned.push(`${name} (${messages})`);
  }
  if (poisoned.length > 0) {
    yield warning(
      `messages wait in ${poisoned.join(", ")}`,
      "The functions that bury them are behind, or are disabled; run the doctor again in a minute, and see the runbook message-poisoned.",
    );
  }
  if (missing.length > 0) {
    yield tellMissing("queues", missing);
    return;
  }
  // Its receiver is checkUp, which leaves the message of an ended check alone, should it not be taken back.
  await account.tryQueue("checks", { v: 1, runId: check, check }, signal);
  yield ok(`${queueNames.length} queues are there; a message was put and taken back`);
}

function tellMissing(what: string, names: readonly string[]): Told {
  return wrong(
    `${what} are missing: ${names.join(", ")}`,
    "Deploy again: infra/modules/storage.bicep makes every container and queue.",
  );
}

function* tellProtection(bare: readonly string[], isVersioned: boolean): Generator<Told> {
  if (bare.length > 0) {
    yield warning(
      `no retention policy on ${bare.join(", ")}: what is there can be changed and deleted`,
      "Right for development. For production deploy with immutability = 'unlocked', and lock the policies (docs/deploy.md).",
    );
  } else {
    yield ok(`${immutableContainers.join(", ")} have a retention policy; nothing was written there`);
  }
  if (isVersioned) return;
  yield warning(
    "old versions of blobs are not kept, so what is overwritten by mistake is gone",
    "Deploy again: infra/modules/storage.bicep switches versioning on.",
  );
}
