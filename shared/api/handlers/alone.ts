import type { ConnectorName } from "../../chat/identifiers.ts";
import { withLease } from "../../pipeline/with-lease.ts";
import { paths } from "../../store/paths.ts";
import { refused } from "../problem.ts";
import type { SetupDeps } from "./setup-deps.ts";

/** Somebody waits in front of a page; what another admin does is mostly over by then. */
const longestWaitInMs = 5_000;
const lookEveryInMs = 200;

/**
 * Does what makes, takes away or adds to what is set up under a name while nobody else does. Else a draft that is deleted
 * could become a connector at the same moment, without its secrets; and a password or mapping that is given while the name
 * is deleted would lie in wait for the next connector of that name.
 *
 * @param work is told when the lease is lost; it begins by looking at what is there
 * @throws ApiProblem (409) when somebody else is at it for long
 */
export async function alone<T>(
  deps: Pick<SetupDeps, "blobs" | "clock" | "lockInMs">,
  name: ConnectorName,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock } = deps;
  for (const until = clock.now() + longestWaitInMs; ; await clock.sleep(lookEveryInMs)) {
    const done = await withLease(deps, paths.lock(`setup-${name}`), async (lost) => ({ value: await work(lost) }));
    if (done !== undefined) return done.value;
    if (clock.now() >= until) throw refused("Somebody is changing this at this moment. Look at it, then decide.");
  }
}
