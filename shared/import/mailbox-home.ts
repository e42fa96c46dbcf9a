import * as z from "zod";
import { type MailboxId, mailboxParts, type ObjectId } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { putDocument, readDocument, type WriterOptions } from "../store/state-document.ts";
import type { Log } from "../telemetry/log.ts";
import type { Answer, Mailbox } from "./mailbox.ts";

/**
 * `state/folder/{mailbox}`: the folder that items were put into last, and the root that the mailbox was known by then. A
 * root is one epoch's for ever, so where it is still the same there is nobody to ask which mailbox this is.
 */
const homeRecord = z.object({ v: z.literal(1), folderId: z.string().min(1), rootId: z.string().min(1).optional() });
type HomeRecord = z.infer<typeof homeRecord>;
const pathOf = (mailbox: MailboxId): BlobPath => `state/folder/${mailbox}`;

/** What finding the folder needs. */
export interface HomeDeps {
  readonly blobs: Pick<Blobs, "read" | "create" | "replace">;
  readonly mailbox: Pick<Mailbox, "rootId" | "findFolders" | "createFolder">;
  /** Which of the mailboxes that a user has had one is that has this root. */
  seenMailbox(oid: ObjectId, rootId: string): Promise<MailboxId>;
  readonly folder: string;
  readonly options: WriterOptions;
  readonly log: Log;
}

/**
 * Finds or makes the folder of a mailbox. Blocked as "mailbox-recreated" when the user has another mailbox by now: the
 * ledger tells of the old one, and its receipts would be taken for items that the new one does not hold. A folder that
 * went while the mailbox stayed was deleted by somebody: it is made again, with an alert, and nothing that has a receipt
 * is imported into it again.
 */
export async function findHome(deps: HomeDeps, id: MailboxId): Promise<Answer<string>> {
  const root = await deps.mailbox.rootId();
  if (root.type !== "value") return root;
  const known = (await readDocument(deps.blobs, pathOf(id), homeRecord))?.value;
  const isSame = known?.rootId === root.value || (await deps.seenMailbox(mailboxParts(id).oid, root.value)) === id;
  if (!isSame) return { type: "blocked", reason: "mailbox-recreated", code: "root" };
  return findFolder(deps, id, root.value, known);
}

async function findFolder(
  deps: HomeDeps,
  id: MailboxId,
  rootId: string,
  known: HomeRecord | undefined,
): Promise<Answer<string>> {
  const folder = await chooseOrCreate(deps, known?.folderId);
  if (folder.type !== "value") return folder;
  const isKnown = folder.value === known?.folderId;
  if (known !== undefined && !isKnown) deps.log.error("folder.recreated", { mailbox: id });
  if (isKnown && known?.rootId === rootId) return folder;
  const record = { v: 1, folderId: folder.value, rootId } as const;
  await putDocument(deps.blobs, pathOf(id), homeRecord, () => record, deps.options);
  return folder;
}

/** The folder we know if it is still there, else the first by id: of two, every worker must choose the same. */
async function chooseOrCreate({ mailbox, folder }: HomeDeps, known: string | undefined): Promise<Answer<string>> {
  const found = await mailbox.findFolders(folder);
  if (found.type !== "value") return found;
  const chosen = found.value.find((id) => id === known) ?? found.value.toSorted()[0];
  return chosen === undefined ? mailbox.createFolder(folder) : { type: "value", value: chosen };
}
