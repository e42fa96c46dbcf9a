import { mailboxAddress, type ObjectId } from "../../chat/identifiers.ts";
import type { Directory, MailboxState } from "../../directory/directory.ts";
import { getWithRetry, type RetryDeps } from "../../graph/get-with-retry.ts";
import type { Graph } from "../../graph/graph.ts";
import { toGraphFault } from "../../graph/graph-fault.ts";
import { graphPath } from "../../graph/graph-path.ts";
import type { CheckDocument } from "./check-document.ts";
import type { TokenUse } from "./check-identity.ts";
import { ok, skipped, type Told, wrong } from "./finding.ts";

/** What trying mailboxes takes. */
export interface GraphDeps extends RetryDeps {
  readonly directory: Directory;
  readonly graph: Graph;
  readonly noToken: ReadonlySet<TokenUse>;
}

const timeoutInMs = 20_000;
const testIt =
  "See what Exchange says: infra/access/ExchangeAccess.ps1 -Check, or Test-ServicePrincipalAuthorization -Identity <identityPrincipalId> -Resource <the mailbox>. A change in Exchange works after 30 minutes to 2 hours.";

/**
 * Whether the app reaches a mailbox that it should reach, and none that it should not. It looks, and writes nothing into
 * anybody's mailbox.
 */
export async function* checkGraph(
  deps: GraphDeps,
  { inScope, outOfScope }: NonNullable<CheckDocument["asked"]>,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  if (deps.noToken.has("graph")) {
    yield skipped("the app has no token for Microsoft Graph: see identity");
    return;
  }
  let reaches: boolean | undefined;
  if (inScope === undefined) {
    yield skipped("whether a mailbox is reached: none was given", "Name one that is to get chats: --in-scope ADDRESS");
  } else {
    const told = await tryInScope(deps, inScope, signal);
    reaches = told.status === "ok";
    yield told;
  }
  if (outOfScope === undefined) {
    yield skipped(
      "whether the scope holds: no mailbox outside of it was given",
      "Name one that the app must not reach: --out-of-scope ADDRESS",
    );
    return;
  }
  yield await tryOutOfScope(deps, outOfScope, reaches, signal);
}

async function find(
  deps: GraphDeps,
  address: string,
  option: string,
  signal: AbortSignal,
): Promise<{ readonly oid: ObjectId; readonly mailbox: MailboxState } | Told> {
  const given = mailboxAddress.safeParse(address);
  if (!given.success)
    return wrong(`what was given as ${option} is no address`, "Give one such as jane.doe@contoso.com.");
  const answer = await deps.directory.find(given.data, signal);
  if (answer === "unknown") {
    return wrong(`the directory knows nobody with the address given as ${option}`, "Choose another address.");
  }
  if (answer === "ambiguous") {
    return wrong(`several people have the address given as ${option}`, "Choose another address.");
  }
  const { user, mailbox } = answer;
  if (mailbox.state !== "none") return { oid: user.oid, mailbox };
  return wrong(
    `who has the address given as ${option} has no mailbox in Exchange Online`,
    "Choose another address. A mailbox that is on premises, or was switched off, cannot be reached.",
  );
}

async function tryInScope(deps: GraphDeps, address: string, signal: AbortSignal): Promise<Told> {
  const found = await find(deps, address, "--in-scope", signal);
  if ("status" in found) return found;
  if (found.mailbox.state === "out-of-scope") {
    return wrong(
      "the mailbox given as --in-scope is refused (403)",
      `Exchange's role Application Mail.ReadWrite is not assigned to the app, or the mailbox is not in its scope. ${testIt}`,
    );
  }
  const path = graphPath`/users/${found.oid}/messages`;
  const query = { $top: "1", $select: "id" };
  const reply = await getWithRetry(deps.graph, { path, query, timeoutInMs, signal }, deps);
  if (reply.status === 200) {
    return ok(
      "the mailbox given as --in-scope is found and read. Nothing was written: that the app may write, too, shows Test-ServicePrincipalAuthorization",
    );
  }
  const { status, code } = toGraphFault(reply);
  return wrong(
    `the mailbox given as --in-scope shows its folders and not its messages (${[status, code].filter(Boolean).join(" ")})`,
    `The app needs Application Mail.ReadWrite. ${testIt}`,
  );
}

async function tryOutOfScope(
  deps: GraphDeps,
  address: string,
  reaches: boolean | undefined,
  signal: AbortSignal,
): Promise<Told> {
  const found = await find(deps, address, "--out-of-scope", signal);
  if ("status" in found) return found;
  if (found.mailbox.state !== "out-of-scope") {
    return wrong(
      "the mailbox given as --out-of-scope can be READ: the scope does not hold",
      `Look first for Mail permissions that Entra has granted (the lines of identity): they hold for every mailbox. Then at the scope's filter. ${testIt}`,
    );
  }
  if (reaches !== false) return ok("the mailbox given as --out-of-scope is refused (403): the scope holds");
  return skipped("the mailbox given as --out-of-scope is refused, which says nothing while the other is refused too");
}
