import type { ReprocessScope } from "../../chat/drop-scope.ts";
import { type DropId, type MailboxId, mailboxAddress } from "../../chat/identifiers.ts";
import type { Directory } from "../../directory/directory.ts";
import { readLastMailbox } from "../../directory/mailbox-epochs.ts";
import type { DropBoard } from "../../pipeline/drop-board.ts";
import { readDrop } from "../../pipeline/drop-book.ts";
import type { DropState } from "../../pipeline/drop-state.ts";
import type { AuditDeps } from "../../pipeline/leave-audit.ts";
import { type RedriveDeps, type RedriveFilter, redriveDead } from "../../pipeline/redrive-dead.ts";
import { releaseDrop } from "../../pipeline/release-drop.ts";
import { type ReprocessDeps, type Reprocessed, reprocessDrop, restartDrop } from "../../pipeline/reprocess-drop.ts";
import { audited } from "../audited.ts";
import type { AskedScope, DropMoved, RedrivenReply } from "../contract/drops.ts";
import type { Principal } from "../principal.ts";
import { invalid, notFound, refused } from "../problem.ts";

/** What changing a drop takes. */
export interface ChangeDropDeps extends ReprocessDeps, RedriveDeps, AuditDeps {
  readonly blobs: ReprocessDeps["blobs"];
  readonly clock: ReprocessDeps["clock"];
  readonly writer: string;
  readonly directory: Pick<Directory, "find">;
  readonly board: DropBoard;
}

/** Lets a held drop go. @throws ApiProblem when it is not held, or has other items than the caller saw */
export async function release(
  deps: ChangeDropDeps,
  principal: Principal,
  id: DropId,
  seenItems: number,
): Promise<DropMoved> {
  const drop = await requireDrop(deps, id);
  if (drop.state !== "held") throw refused(`The drop is ${drop.state}, not held.`);
  if (drop.items !== seenItems) throw refused(`The drop has ${drop.items} items, not ${seenItems}. Look again.`);
  const asked = { action: "release", target: id, details: { items: seenItems } };
  return await audited(deps, principal, asked, async () => {
    const released = await releaseDrop(deps, id, principal.id, seenItems);
    deps.board.forget(id);
    if (released.outcome === "refused") throw refused(released.reason);
    return toMoved(released.drop);
  });
}

/** Begins the next generation of a closed drop. @throws ApiProblem when it is not closed, or has another generation */
export async function reprocess(
  deps: ChangeDropDeps,
  principal: Principal,
  id: DropId,
  { generation, scope: asked }: { readonly generation: number; readonly scope: AskedScope },
): Promise<DropMoved> {
  requireGeneration(await requireDrop(deps, id), generation);
  const scope = await toScope(deps, asked);
  const details = { generation, ...toDetails(scope) };
  return await audited(deps, principal, { action: "reprocess", target: id, details }, async () => {
    return toBegun(deps, id, await reprocessDrop(deps, id, scope, generation));
  });
}

/** Gives an open drop up and begins its next generation. @throws ApiProblem when there is nothing to restart */
export async function restart(
  deps: ChangeDropDeps,
  principal: Principal,
  id: DropId,
  generation: number,
): Promise<DropMoved> {
  requireGeneration(await requireDrop(deps, id), generation);
  return await audited(deps, principal, { action: "restart", target: id, details: { generation } }, async () => {
    return toBegun(deps, id, await restartDrop(deps, id, generation));
  });
}

/** Sends dead work again. @throws ApiProblem when there is none, or none that could be sent */
export async function redrive(
  deps: ChangeDropDeps,
  principal: Principal,
  filter: RedriveFilter,
): Promise<RedrivenReply> {
  if (filter.drop !== undefined) await requireDrop(deps, filter.drop);
  const { drop, queue, id } = filter;
  const details = { ...(queue === undefined ? {} : { queue }), ...(id === undefined ? {} : { id }) };
  return await audited(deps, principal, { action: "redrive", target: drop ?? "all drops", details }, async () => {
    const asked = await redriveDead(deps, filter);
    if (asked.length === 0) throw refused("There is no such work that was given up.");
    for (const { dead } of asked) if (dead.work !== undefined && "drop" in dead.work) deps.board.forget(dead.work.drop);
    return {
      sent: asked.filter(({ outcome }) => outcome === "sent").map((one) => one.id),
      refused: asked.flatMap((one) => (one.outcome === "refused" ? [{ id: one.id, reason: one.reason }] : [])),
    };
  });
}

async function requireDrop({ blobs }: ChangeDropDeps, id: DropId): Promise<DropState> {
  const drop = await readDrop(blobs, id);
  if (drop === undefined) throw notFound("drop");
  return drop;
}

/** Asked twice, as by a double click, the second finds a newer one. */
function requireGeneration({ gen }: DropState, seen: number): void {
  if (gen === seen) return;
  throw refused(`The drop is in generation ${gen} by now, not in generation ${seen}. Look again.`);
}

function toBegun({ board }: ChangeDropDeps, id: DropId, begun: Reprocessed): DropMoved {
  board.forget(id);
  if (begun.outcome === "refused") throw refused(begun.reason);
  return toMoved(begun.drop);
}

function toMoved({ id, gen, state, items }: DropState): DropMoved {
  return { drop: id, generation: gen, state, items };
}

/** For the audit: ids alone. */
function toDetails(scope: ReprocessScope | undefined): Record<string, string[]> {
  if (scope === undefined) return {};
  const { type, ...names } = scope;
  return { [type]: Object.values(names).flat() };
}

async function toScope(deps: ChangeDropDeps, asked: AskedScope): Promise<ReprocessScope | undefined> {
  if (asked.type === "drop") return undefined;
  if (asked.type !== "mailboxes") return asked;
  const found: MailboxId[] = [...asked.mailboxes];
  const faults = [];
  for (const [place, address] of asked.addresses.entries()) {
    const mailbox = await findMailbox(deps, address);
    if (mailbox.type === "found") found.push(mailbox.id);
    else faults.push({ path: `scope.addresses.${place}`, message: mailbox.problem });
  }
  if (faults.length > 0) throw invalid(faults);
  if (found.length === 0) throw invalid([{ path: "scope", message: "names no mailbox" }]);
  return { type: "mailboxes", mailboxes: [...new Set(found)] };
}

type MailboxFound =
  | { readonly type: "found"; readonly id: MailboxId }
  | { readonly type: "none"; readonly problem: string };

/** By the directory as it is now; nothing is noted of it. */
async function findMailbox({ blobs, directory }: ChangeDropDeps, text: string): Promise<MailboxFound> {
  const address = mailboxAddress.safeParse(text.trim());
  if (!address.success) return { type: "none", problem: "is no address" };
  const answer = await directory.find(address.data);
  if (answer === "unknown") return { type: "none", problem: "is unknown to the directory" };
  if (answer === "ambiguous") return { type: "none", problem: "belongs to more than one user" };
  return { type: "found", id: await readLastMailbox(blobs, answer.user.oid) };
}
