import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { EntraApp } from "../entra/entra-service.ts";
import type { EntraStandIn } from "../entra/start-entra.ts";
import { startEntra } from "../entra/start-entra.ts";
import type { GraphOptions, GraphStandIn } from "../graph/start-graph.ts";
import { startGraph } from "../graph/start-graph.ts";
import type { KeyVaultStandIn } from "../key-vault/start-key-vault.ts";
import { startKeyVault } from "../key-vault/start-key-vault.ts";
import type { MailboxPage } from "../mailbox-page/start-mailbox-page.ts";
import { startMailboxPage } from "../mailbox-page/start-mailbox-page.ts";
import type { LocalTls } from "../tls/certificate-files.ts";
import { loadOrMakeTls } from "../tls/certificate-files.ts";
import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";

/** The tenant and the app that exist on a laptop. Neither is a secret. */
export const LOCAL_TENANT_ID = "7b1d6f0e-0a52-4c39-9f3a-5d2c8e4b1a60";
export const LOCAL_CLIENT_ID = "c2a4f7d8-6e31-4b95-8d07-1f9b3e5a2c74";

/** How the stand-ins are to be. Ports are free ones unless named. */
export interface StandInsOptions extends Pick<GraphOptions, "directory" | "limits" | "requestsFile" | "latencyInMs"> {
  /** Folder for the certificates, and with `keepsState` for mailboxes and secrets. */
  readonly folder: string;
  /** Whether mailboxes and secrets outlive the process. @default false */
  readonly keepsState?: boolean;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** The app's secret. @default a new random one */
  readonly clientSecret?: string;
  readonly ports?: {
    readonly entra?: number;
    readonly keyVault?: number;
    readonly graph?: number;
    readonly page?: number;
  };
}

/** The stand-ins, running. */
export interface StandIns {
  readonly tls: LocalTls;
  readonly tenantId: string;
  readonly app: EntraApp;
  readonly entra: EntraStandIn;
  readonly keyVault: KeyVaultStandIn;
  readonly graph: GraphStandIn;
  readonly page: MailboxPage;
  /**
   * What a process needs so that `DefaultAzureCredential` finds its app and trusts the stand-ins: AZURE_TENANT_ID,
   * AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST and NODE_EXTRA_CA_CERTS.
   */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts Entra, Key Vault, Graph and the page that shows the mailboxes, all with one certificate.
 *
 * @throws the reason why one of them cannot start; those that had started are ended
 */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const { folder, clock = systemClock } = options;
  const tls = await loadOrMakeTls(join(folder, "tls"), clock.now());
  const app = {
    clientId: LOCAL_CLIENT_ID,
    clientSecret: options.clientSecret ?? randomBytes(24).toString("base64url"),
  };
  const started: { close(): Promise<void> }[] = [];
  async function start<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const standIn = await starting;
    started.push(standIn);
    return standIn;
  }
  const close = async (): Promise<void> => {
    await Promise.all(started.map((standIn) => standIn.close()));
  };
  try {
    const running = await startAll({ ...options, clock, tls, app }, start);
    return {
      tls,
      tenantId: LOCAL_TENANT_ID,
      app,
      ...running,
      environment: toEnvironment(tls, app, running.entra),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Prepared extends StandInsOptions {
  readonly clock: Clock;
  readonly tls: LocalTls;
  readonly app: EntraApp;
}

type Start = <T extends { close(): Promise<void> }>(starting: Promise<T>) => Promise<T>;

async function startAll(
  options: Prepared,
  start: Start,
): Promise<Pick<StandIns, "entra" | "keyVault" | "graph" | "page">> {
  const { folder, keepsState = false, clock, tls, app, ports = {} } = options;
  const entra = await start(startEntra({ tls, clock, tenantId: LOCAL_TENANT_ID, apps: [app], ...toPort(ports.entra) }));
  const shared = { tls, clock, tokens: entra.tokens };
  const keyVault = await start(
    startKeyVault({
      ...shared,
      authority: `${entra.url}/${LOCAL_TENANT_ID}`,
      ...toPort(ports.keyVault),
      ...(keepsState ? { stateDir: join(folder, "key-vault") } : {}),
    }),
  );
  const graph = await start(
    startGraph({
      ...shared,
      ...toGraphOptions(options),
      ...toPort(ports.graph),
      ...(keepsState ? { stateDir: join(folder, "graph") } : {}),
    }),
  );
  entra.addResource(graph.url, "graph");
  entra.addResource(keyVault.url, "vault");
  const page = await start(startMailboxPage({ people: graph.people, store: graph.store, ...toPort(ports.page) }));
  return { entra, keyVault, graph, page };
}

function toPort(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port };
}

function toGraphOptions({
  directory,
  limits,
  requestsFile,
  latencyInMs,
}: Prepared): Pick<GraphOptions, "directory" | "limits" | "requestsFile" | "latencyInMs"> {
  return {
    directory,
    ...(limits === undefined ? {} : { limits }),
    ...(requestsFile === undefined ? {} : { requestsFile }),
    ...(latencyInMs === undefined ? {} : { latencyInMs }),
  };
}

function toEnvironment(tls: LocalTls, app: EntraApp, entra: EntraStandIn): Record<string, string> {
  return {
    AZURE_TENANT_ID: LOCAL_TENANT_ID,
    AZURE_CLIENT_ID: app.clientId,
    AZURE_CLIENT_SECRET: app.clientSecret,
    AZURE_AUTHORITY_HOST: entra.url,
    NODE_EXTRA_CA_CERTS: tls.caFile,
  };
}
