import type { Connector } from "../../config/connector.ts";
import { DirectoryFault } from "../../directory/directory-fault.ts";
import { type HoldListDeps, readOnly } from "../hold-list.ts";
import { cachedForADay, type TokenUse } from "./check-identity.ts";
import { ok, skipped, type Told, wrong } from "./finding.ts";

/** What looking at whose chats are imported takes. */
export interface PeopleCheckDeps extends HoldListDeps {
  readonly noToken: ReadonlySet<TokenUse>;
}

/** Reads the hold list, or asks for the group's members, as the stages do before a drop is mapped. Nobody is named. */
export async function* checkPeople(
  deps: PeopleCheckDeps,
  { name, people }: Pick<Connector, "name" | "people">,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  if (people.type === "group" && deps.noToken.has("graph")) {
    yield skipped("the app has no token for Microsoft Graph: see identity");
    return;
  }
  try {
    yield tellOnly(await readOnly(deps, name, people, signal));
  } catch (error) {
    if (!(error instanceof DirectoryFault) || error.reason !== "groups-not-permitted") throw error;
    yield wrong(
      "Entra has not granted GroupMember.Read.All on Microsoft Graph, so nobody can tell who is in the group, and no drop is mapped",
      `npm run register -- --hold-groups grants it (docs/deploy.md). ${cachedForADay}`,
    );
  }
}

function tellOnly(only: Awaited<ReturnType<typeof readOnly>>): Told {
  if (only === undefined) return ok("everybody's chats are imported");
  if ("addresses" in only) return ok(`those on the hold list: ${only.addresses.length} addresses`);
  return ok(`those in the group: ${only.users.size} members, with those of groups in it`);
}
