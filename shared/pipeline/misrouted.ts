import { type DropScope, toScopeFilter } from "../chat/drop-scope.ts";
import { type ChatDay, type DropId, type ImportKey, type MailboxId, mailboxParts } from "../chat/identifiers.ts";
import { readLastMailbox } from "../directory/mailbox-epochs.ts";
import { toImportSettings } from "../import/import-settings.ts";
import type { KeyState, KeyStates } from "../import/key-states.ts";
import { Ledger, LedgerFault } from "../import/ledger.ts";
import { inDoubt } from "../import/standing.ts";
import type { Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { listNoLongerNamed } from "./no-longer-named.ts";
import type { Delivery } from "./suspects.ts";

/** An item that lies in a mailbox which the mapping no longer names for it. */
export interface Misrouted {
  readonly key: ImportKey;
  readonly chatDay: ChatDay;
  /** `file:position`. */
  readonly source: string;
  readonly mailbox: MailboxId;
  /** The newest earlier generation that named the mailbox. */
  readonly generation: number;
  /** It may be in the mailbox, and nobody has found out. */
  readonly isInDoubt: boolean;
}

/** Of 300 bytes each: 15 MB. */
const suspectsAtOnce = 50_000;

/**
 * Lists the items that an earlier generation of this drop put into a mailbox which generation `gen` no longer names for
 * them: an export's mapping was wrong, and somebody has chats that are not theirs. Nothing is done about it here. Whether
 * an item is in its mailbox is told by the ledger: what failed is not, and neither is what lay in a mailbox that has been
 * made anew since; what another drop brought there too is. Of what somebody has deleted by hand the ledger does not know.
 *
 * Each item and mailbox is listed once. Memory does not grow with the drop; reads grow with its chunks and generations.
 *
 * @param scope the generation's own: what it leaves alone is not judged
 */
export async function* listMisrouted(
  blobs: Blobs,
  drop: DropId,
  gen: number,
  scope?: DropScope,
  heldAtOnce = suspectsAtOnce,
): AsyncGenerator<Misrouted> {
  const generation = { drop, gen, scope: toScopeFilter(scope) };
  const found = mapAhead(toDays(listNoLongerNamed(blobs, generation, heldAtOnce)), 8, (day) => listThere(blobs, day));
  for await (const there of found) yield* there;
}

/** What lies behind one another and is of one mailbox and chat day. */
async function* toDays(deliveries: AsyncIterable<Delivery>): AsyncGenerator<readonly [Delivery, ...Delivery[]]> {
  let day: [Delivery, ...Delivery[]] | undefined;
  for await (const delivery of deliveries) {
    if (day !== undefined && day[0].mailbox === delivery.mailbox && day[0].chatDay === delivery.chatDay) {
      day.push(delivery);
      continue;
    }
    if (day !== undefined) yield day;
    day = [delivery];
  }
  if (day !== undefined) yield day;
}

async function listThere(blobs: Blobs, day: readonly [Delivery, ...Delivery[]]): Promise<Misrouted[]> {
  const [{ mailbox, chatDay }] = day;
  if ((await readLastMailbox(blobs, mailboxParts(mailbox).oid)) !== mailbox) return [];
  const states = await readStates(blobs, chatDay, mailbox);
  return day.flatMap((delivery) => {
    const presence = states === undefined ? "in-doubt" : presenceOf(states.stateOf(delivery.key));
    return presence === "absent" ? [] : [{ ...delivery, isInDoubt: presence === "in-doubt" }];
  });
}

/** Undefined when the ledger cannot be read: a report must not fail for it, and nothing of that day can be ruled out. */
async function readStates(blobs: Blobs, chatDay: ChatDay, mailbox: MailboxId): Promise<KeyStates | undefined> {
  try {
    return (await Ledger.read({ blobs, blocksPerFile: toImportSettings().blocksPerFile }, chatDay, mailbox)).states;
  } catch (error) {
    if (error instanceof LedgerFault) return undefined;
    throw error;
  }
}

function presenceOf(state: KeyState): "there" | "in-doubt" | "absent" {
  if (state.type === "receipt") return "there";
  const isOpen = state.type === "doubt" || (state.type === "failed" && state.reason === inDoubt);
  return isOpen ? "in-doubt" : "absent";
}
