import { randomUUID } from "node:crypto";
import { connectClients } from "../../../functions/clients.ts";
import { type StageDeps, toStageDeps } from "../../../functions/stage-deps.ts";
import type { DropId, MailboxId } from "../../../shared/chat/identifiers.ts";
import type { TokenSource } from "../../../shared/graph/access-token.ts";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { type ImportSettings, toImportSettings } from "../../../shared/import/import-settings.ts";
import type { ImportDeps } from "../../../shared/pipeline/import-deps.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { createPeopleShelf } from "../../../shared/pipeline/import-people.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import type { Observe } from "../../../shared/telemetry/dependency-tally.ts";
import type { EventName } from "../../../shared/telemetry/events.ts";
import { createLog, type LogFields } from "../../../shared/telemetry/log.ts";
import { type RunningAzurite, startAzurite } from "../../azurite/azurite.ts";
import { type RunningStub, startStub } from "./import-stub-client.ts";

/** How the app is put together for a measurement of importing. */
export interface ImportSetupOptions {
  /** Before each answer of the stub. @default 0 */
  readonly latencyInMs?: number;
  /** What differs from the settings that the app has by default. */
  readonly change?: (settings: ImportSettings) => Partial<ImportSettings>;
  /** Is told of every request. */
  readonly observe?: Observe;
  /** Is told of every use of blobs: what is done, and to which sort of blob. */
  readonly onBlob?: (method: string, sort: string) => void;
  /** Is told of every line of the log. */
  readonly onEvent?: (event: EventName, fields: LogFields) => void;
}

/** The app's own composition, on Azurite and the stub of Graph. */
export interface ImportSetup {
  readonly stages: StageDeps;
  readonly import: ImportDeps;
  /** Where the stub listens. */
  readonly graphUrl: string;
  stop(): Promise<void>;
}

/** A token that is always good: what is measured is not Entra. */
export const anyToken: TokenSource = {
  getToken: async () => ({ token: "bench", expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
};

/** Starts Azurite (in memory) and the stub, and connects the app to them. */
export async function startImport(options: ImportSetupOptions = {}): Promise<ImportSetup> {
  const azurite = await startAzurite();
  const stub = await startStub(options.latencyInMs).catch(async (error: unknown) => {
    await azurite.stop();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await Promise.all([azurite.stop(), stub.stop()]);
  };
  try {
    await openAzureStorage(azurite, systemClock).createMissing();
    const stages = connect(azurite, stub, options);
    return { stages, import: stages.import, graphUrl: stub.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function connect(azurite: RunningAzurite, stub: RunningStub, options: ImportSetupOptions): StageDeps {
  const { change = () => ({}), observe = () => undefined, onEvent, onBlob } = options;
  const environment = {
    AzureWebJobsStorage: azurite.connectionString,
    GRAPH_ENDPOINT: stub.url,
    KEY_VAULT_URI: "https://unused.example",
  };
  const clients = connectClients(environment, observe);
  const graph = createGraph({ credential: anyToken, endpoint: stub.url, clock: systemClock, observe });
  const log = createLog((level, event, fields) => {
    if (level === "error") throw new Error(`the app has told of an error: ${event} ${JSON.stringify(fields)}`);
    onEvent?.(event, fields);
  });
  const trace = { trace: "1".repeat(32), span: "1".repeat(16) };
  const settings = toImportSettings({ ...clients.import, ...change(clients.import) });
  const blobs = onBlob === undefined ? clients.storage.blobs : telling(clients.storage.blobs, onBlob);
  const peopleOf = createPeopleShelf(blobs, settings.peopleInMemory);
  const told = { ...clients, graph, peopleOf, import: settings, storage: { ...clients.storage, blobs } };
  return toStageDeps(told, { log, trace }, `bench-${randomUUID()}`);
}

/** The same blobs; each call is told before it is made. */
function telling(blobs: Blobs, onBlob: (method: string, sort: string) => void): Blobs {
  return new Proxy(blobs, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]): unknown => {
        if (typeof args[0] === "string") onBlob(String(name), toSort(args[0]));
        return Reflect.apply(method, target, args);
      };
    },
  });
}

/** Of state and reports the part of them, of the others the container. */
function toSort(path: string): string {
  const [container = "", part = ""] = path.split("/");
  if (/\.told-\d+\.gz$/.test(path)) return "work (pieces told)";
  return container === "state" || container === "reports" ? `${container}/${part}` : container;
}

/** Takes a mailbox's messages one after the other until its run is over. @throws Error when it does not become done */
export async function importWhole(deps: ImportDeps, drop: DropId, mailbox: MailboxId): Promise<void> {
  for (let slice = 0; slice < 100; slice += 1) {
    const came = await importMailbox(deps, { v: 1, runId: "bench", drop, gen: 1, mailbox, slice });
    if (came.outcome === "done") return;
    if (came.outcome !== "continued") throw new Error(`a mailbox run came to ${JSON.stringify(came)}`);
  }
  throw new Error("a mailbox run does not come to its end");
}
