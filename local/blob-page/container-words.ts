import type { BlobPath } from "../../shared/store/blobs.ts";
import { containers } from "../../shared/store/paths.ts";

/** A container of the connector. */
export type ContainerName = keyof typeof containers;

/** Every container, in the order in which a drop goes through them. */
export const containerNames: readonly ContainerName[] = Object.keys(containers).filter(isContainerName);

/** What is in each container, in the glossary's words. */
export const containerWords: Readonly<Record<ContainerName, string>> = {
  evidence: "Listed files as they were received, byte for byte, by feed and site day. Nothing here is ever changed.",
  drops: "Drop files: the chat files after decryption and expansion, and the attachments that came with them.",
  released: "One ticket for each drop file that the gate let go; it sets the opening of the file going.",
  chats: "The chat items of each drop file, in chunks of up to 500, and how many there must be.",
  people: "For each generation of a drop: which participant has which mailbox, and why somebody has none.",
  routed: "The same chunks with the mailboxes that each chat item goes to.",
  work: "Work lists: the items that one mailbox gets from one generation of a drop.",
  ledger: "Append-only logs, by chat day and mailbox: intents and receipts say what is in which mailbox.",
  reports: "What became of each generation of a drop: every item, every mailbox run, and the equation.",
  state: "What the functions go by: connectors, files, drops, mailbox runs, locks, tasks that failed for good.",
  feeds: "For each feed, the rule by which import keys are made, by chat day.",
  audit: "What admins asked for, each noted before its effect.",
};

/** What is in the folders below the two containers that hold many kinds of things. */
const folderWords: Readonly<Record<string, string>> = {
  "reports/index/":
    "Every chat item of a chunk: import key, chat day, place in its file, mailboxes or unmapped. No text.",
  "reports/result/": "What each mailbox run came to: its counts, and each item of which there is something to say.",
  "reports/counted/":
    "What each chunk came to when it was mapped: how many items, for how many mailboxes, who is unmapped.",
  "reports/drop/": "The report of each generation of a drop, with its equation, and its tables as CSV.",
  "reports/day/": "The drops that have chat items of a chat day.",
  "state/connector/": "The configured connectors. Their secrets are in the key vault only.",
  "state/mapping/": "Each connector's mapping, as the admin gave it.",
  "state/fetch/": "When each connector last looked at its site, and what came of it.",
  "state/file/": "How far each listed file and each drop file is.",
  "state/plaintext/": "Which drop file was the first with the same content.",
  "state/open/": "The drops that are not done.",
  "state/closed/": "The drops that are done.",
  "state/unclean/": "Closed drops whose plaintext is still there.",
  "state/run/": "How far each mailbox run is.",
  "state/mailbox/": "Each mailbox's epoch and root folder.",
  "state/folder/": "Each mailbox's folder ICE Chat.",
  "state/lock/": "Leases, so that not two work at the same thing. These blobs are empty.",
  "state/dead/": "Work that was given up after too many tries: how often, and why. It can be sent again.",
};

/** What lies below a container or folder, where there is something to say. */
export function toWords(prefix: BlobPath): string {
  const container = toContainer(prefix);
  if (container !== undefined && prefix === `${container}/`) return containerWords[container];
  return folderWords[prefix] ?? "";
}

/** The container that a path begins with; undefined when it is none of ours. */
export function toContainer(path: string): ContainerName | undefined {
  const name = path.slice(0, Math.max(0, path.indexOf("/")));
  return isContainerName(name) ? name : undefined;
}

/** Whether a text names a place in one of the connector's containers. */
export function isBlobPath(path: string): path is BlobPath {
  // Parts of dots would be taken out of the address of the request, which then means another blob.
  return toContainer(path) !== undefined && !path.split("/").some((part) => part === "." || part === "..");
}

function isContainerName(name: string): name is ContainerName {
  return Object.hasOwn(containers, name);
}
