import { type CheckId, type ConnectorName, connectorName } from "../../chat/identifiers.ts";
import type { Connector } from "../../config/connector.ts";
import type { Blobs } from "../../store/blobs.ts";
import { paths } from "../../store/paths.ts";
import { type ClockDeps, checkClock } from "./check-clock.ts";
import { checkMapping, readConnector, tellConnector } from "./check-connector.ts";
import type { CheckDocument } from "./check-document.ts";
import { checkGraph, type GraphDeps } from "./check-graph.ts";
import { checkIdentity, type IdentityDeps, type TokenUse } from "./check-identity.ts";
import { checkKeys, type KeysDeps } from "./check-keys.ts";
import { checkPeople, type PeopleCheckDeps } from "./check-people.ts";
import { checkSettings, type SettingsDeps } from "./check-settings.ts";
import { checkSite, type SiteDeps } from "./check-site.ts";
import { checkStorage, type StorageDeps } from "./check-storage.ts";
import { checkVault, type VaultDeps } from "./check-vault.ts";
import { type Area, skipped, type Told, wrong } from "./finding.ts";
import type { Check } from "./run-check.ts";
import { tellUnknown } from "./tell-fault.ts";

/** What all checks together take. */
export interface ChecksDeps
  extends SettingsDeps,
    Omit<IdentityDeps, "noToken">,
    Omit<StorageDeps, "check">,
    ClockDeps,
    Omit<VaultDeps, "noToken">,
    Omit<KeysDeps, "noToken">,
    Omit<PeopleCheckDeps, "noToken">,
    Omit<SiteDeps, "noToken">,
    Omit<GraphDeps, "noToken"> {
  readonly blobs: Blobs;
  readonly clock: GraphDeps["clock"];
  /** Shorter limits, for tests, in ms. */
  readonly limitsInMs?: Partial<Readonly<Record<Area, number>>>;
}

/** Checks that are made one after the other: a later one may need what an earlier one has found. */
export type CheckChain = AsyncIterable<Check> | Iterable<Check>;

/** What to check: `first` before all others, the chains side by side. */
export interface CheckPlan {
  readonly first: readonly Check[];
  listChains(): AsyncIterable<CheckChain>;
}

/** Time for each, with what its calls may take by themselves. */
const usualLimitsInMs: Readonly<Record<Area, number>> = {
  laptop: 60_000,
  app: 60_000,
  settings: 10_000,
  identity: 45_000,
  storage: 90_000,
  clock: 30_000,
  vault: 60_000,
  connector: 20_000,
  mapping: 30_000,
  people: 60_000,
  keys: 60_000,
  site: 120_000,
  graph: 120_000,
};

/** Puts together what is to be checked. */
export function planChecks(deps: ChecksDeps, check: CheckId, asked: NonNullable<CheckDocument["asked"]>): CheckPlan {
  const noToken = new Set<TokenUse>();
  const limitOf = (area: Area): number => deps.limitsInMs?.[area] ?? usualLimitsInMs[area];
  const all = { ...deps, noToken, check };
  const make = (area: Area, run: Check["run"], about?: string): Check => ({
    area,
    run,
    limitInMs: limitOf(area),
    ...(about === undefined ? {} : { about }),
  });
  return {
    first: [make("settings", () => checkSettings(all)), make("identity", (signal) => checkIdentity(all, signal))],
    async *listChains() {
      yield [make("storage", (signal) => checkStorage(all, signal)), make("clock", () => checkClock(all))];
      yield [make("vault", (signal) => checkVault(all, signal))];
      yield [make("graph", (signal) => checkGraph(all, asked, signal))];
      const { names, others, told: fault } = await listNames(deps.blobs);
      if (fault !== undefined) yield [make("connector", () => tellOne(fault))];
      else if (names.length === 0) yield [make("connector", () => tellOne(skipped("there is none yet")))];
      if (others > 0) {
        const told = wrong(
          `${others} records in state/connector/ have impossible names`,
          "Somebody has put them there by hand: take them away.",
        );
        yield [make("connector", () => tellOne(told))];
      }
      for (const name of names) yield chainOf(all, name, make);
    },
  };
}

interface Listed {
  readonly names: readonly ConnectorName[];
  /** Records with a name that no connector can have. */
  readonly others: number;
  /** Why there is no list, or only its beginning. */
  readonly told?: Told;
}

async function listNames(blobs: Pick<Blobs, "list">): Promise<Listed> {
  const names: ConnectorName[] = [];
  let others = 0;
  try {
    for await (const { path } of blobs.list(paths.connectors)) {
      const name = connectorName.safeParse(path.slice(paths.connectors.length));
      if (name.success) names.push(name.data);
      else others += 1;
    }
  } catch (error) {
    return { names, others, told: tellUnknown(error) };
  }
  return { names, others };
}

async function* chainOf(
  all: ChecksDeps & { readonly noToken: ReadonlySet<TokenUse> },
  name: ConnectorName,
  make: (area: Area, run: Check["run"], about?: string) => Check,
): AsyncGenerator<Check> {
  let known: Connector | undefined;
  const deps = { blobs: all.blobs, name };
  async function* look() {
    const found = await readConnector(deps);
    if ("status" in found) yield found;
    else {
      known = found;
      yield tellConnector(found);
    }
  }
  yield make("connector", look, name);
  const connector = known;
  if (connector === undefined) return;
  yield make("mapping", () => checkMapping(deps, connector), name);
  yield make("people", (signal) => checkPeople(all, connector, signal), name);
  yield make("keys", () => checkKeys(all, connector), name);
  yield make("site", (signal) => checkSite(all, connector, signal), name);
}

async function* tellOne<T>(told: T): AsyncGenerator<T> {
  yield told;
}
