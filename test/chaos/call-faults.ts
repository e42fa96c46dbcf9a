import type { PortFault } from "../support/faulty-port.ts";
import type { StorageFaultAction } from "../support/storage-proxy.ts";

/** What befalls a call to a port of the app: SFTP site, blobs, queues, mailbox, directory, vault. */
export const portFaults = {
  "vanish-before": { what: "vanish", when: "before" },
  "vanish-after": { what: "vanish", when: "after" },
  "throw-before": { what: "throw", when: "before" },
  "throw-after": { what: "throw", when: "after" },
  "hang-before": { what: "hang", when: "before" },
  "hang-after": { what: "hang", when: "after" },
} as const satisfies Readonly<Record<string, Omit<PortFault, "nth">>>;

/** What befalls a request on its way to storage and back. */
export const requestFaults = {
  "drop-reply": { kind: "drop-reply" },
  "cut-reply": { kind: "cut-reply" },
  "stall-reply": { kind: "stall-reply" },
  stall: { kind: "stall" },
  reset: { kind: "reset" },
  "answer-503-before": { kind: "answer", status: 503 },
  "answer-503-after": { kind: "answer", status: 503, after: true },
} as const satisfies Readonly<Record<string, StorageFaultAction>>;

/** What befalls a call to a port. */
export type PortFaultName = keyof typeof portFaults;
/** What befalls a request to storage. */
export type RequestFaultName = keyof typeof requestFaults;
/** What is done to the n-th call. */
export type CallFaultName = PortFaultName | RequestFaultName;

/** Every fault, in the order in which they are tried. */
export const callFaults: readonly CallFaultName[] = [...namesOf(portFaults), ...namesOf(requestFaults)];

/** Whether a word names a fault. */
export function isCallFault(word: string): word is CallFaultName {
  return callFaults.some((name) => name === word);
}

/** Whether it befalls a port's call, and not a request. */
export function isPortFault(name: CallFaultName): name is PortFaultName {
  return Object.hasOwn(portFaults, name);
}

function namesOf<T extends object>(faults: T): (keyof T & string)[] {
  const isName = (key: string): key is keyof T & string => Object.hasOwn(faults, key);
  return Object.keys(faults).filter(isName);
}
