import type { TokenBook } from "../entra/token-book.ts";
import type { Clock } from "../stand-ins/clock.ts";
import { systemClock } from "../stand-ins/clock.ts";
import type { FaultPlan } from "../stand-ins/fault-plan.ts";
import { createFaultPlan } from "../stand-ins/fault-plan.ts";
import type { Listener, ListenOptions } from "../stand-ins/https-listener.ts";
import type { RequestLog } from "../stand-ins/request-log.ts";
import { openRequestLog } from "../stand-ins/request-log.ts";
import { startServiceListener } from "../stand-ins/service-listener.ts";
import type { LocalTls } from "../tls/certificate-files.ts";
import type { DirectoryUserInput } from "./directory-file.ts";
import { parseDirectory } from "./directory-file.ts";
import type { GraphLimits } from "./graph-limits.ts";
import { createThrottle, graphLimits } from "./graph-limits.ts";
import { createGraphService } from "./graph-service.ts";
import { createGroups, type Groups } from "./groups.ts";
import type { MailStore } from "./mail-store.ts";
import { openMailStore } from "./mail-store.ts";
import { exportMailboxes } from "./mailbox-export.ts";
import type { People } from "./people.ts";
import { createPeople } from "./people.ts";

/** How Graph's stand-in is to be. */
export interface GraphOptions extends Pick<ListenOptions, "port" | "host"> {
  /** Graph's client sends its token over https only. */
  readonly tls: Pick<LocalTls, "cert" | "key">;
  /** The tenant's users; checked as a directory file is. */
  readonly directory: readonly DirectoryUserInput[];
  /** Says whether a token is good: the book of Entra's stand-in. */
  readonly tokens: Pick<TokenBook, "check">;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** What differs from the real service's limits. */
  readonly limits?: Partial<GraphLimits>;
  /** @default an empty plan, to which faults can be added */
  readonly faults?: FaultPlan;
  /** Folder in which the mailboxes outlive the process, even one that is killed. @default memory only */
  readonly stateDir?: string;
  /** File to which each request is appended as a line of JSON. */
  readonly requestsFile?: string;
  /** Added before each answer. @default 0 */
  readonly latencyInMs?: number;
}

/** Graph's stand-in, running. */
export interface GraphStandIn extends Listener {
  readonly faults: FaultPlan;
  /** Add, change and remove users: their mailboxes' state, scope and quota. Not kept in `stateDir`. */
  readonly people: People;
  /** Add and change groups. Not kept in `stateDir`. */
  readonly groups: Groups;
  /** The mailboxes themselves, for a page to show and for a test to look into; `recreate` makes one anew. */
  readonly store: MailStore;
  /** Writes all mailboxes to a file, as JSON by user id and folder. */
  exportTo(path: string): Promise<void>;
}

/**
 * Starts Graph's stand-in.
 *
 * @throws DirectoryFileError, or the reason why the port, the state or the requests' file cannot be used
 */
export async function startGraph(options: GraphOptions): Promise<GraphStandIn> {
  const { clock = systemClock, faults = createFaultPlan(), requestsFile } = options;
  const people = createPeople(parseDirectory(JSON.stringify(options.directory)));
  const groups = createGroups();
  const store = await openMailStore(options.stateDir);
  const requestLog = requestsFile === undefined ? undefined : openRequestLog(requestsFile);
  const throttle = createThrottle({ ...graphLimits, ...options.limits });
  const service = createGraphService({ people, groups, store, clock, throttle, requestLog, tokens: options.tokens });
  const listener = await startServiceListener({ ...options, clock, faults }, service);
  return {
    ...listener,
    faults,
    people,
    groups,
    store,
    exportTo: (path) => exportMailboxes({ people, store }, path),
    close: closeOnce(listener, store, requestLog),
  };
}

function closeOnce(listener: Listener, store: MailStore, requestLog: RequestLog | undefined): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= listener.close().then(() => {
      requestLog?.close();
      store.close();
    });
    return closing;
  };
}
