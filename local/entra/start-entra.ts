import type { Clock } from "../stand-ins/clock.ts";
import { systemClock } from "../stand-ins/clock.ts";
import type { FaultPlan } from "../stand-ins/fault-plan.ts";
import { createFaultPlan } from "../stand-ins/fault-plan.ts";
import type { Listener, ListenOptions } from "../stand-ins/https-listener.ts";
import { startServiceListener } from "../stand-ins/service-listener.ts";
import type { LocalTls } from "../tls/certificate-files.ts";
import type { EntraApp } from "./entra-service.ts";
import { createEntraService } from "./entra-service.ts";
import type { Audience, TokenBook } from "./token-book.ts";
import { createTokenBook } from "./token-book.ts";

/** How Entra's stand-in is to be. */
export interface EntraOptions extends Pick<ListenOptions, "port" | "host"> {
  /** MSAL speaks to https authorities only. */
  readonly tls: Pick<LocalTls, "cert" | "key">;
  readonly tenantId: string;
  readonly apps: readonly EntraApp[];
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** @default an empty plan */
  readonly faults?: FaultPlan;
  /** @default 3,599 seconds, as Entra's */
  readonly tokenLifetimeInMs?: number;
}

/** Entra's stand-in, running. `url` is the authority host. */
export interface EntraStandIn extends Listener {
  readonly faults: FaultPlan;
  /** Hand it to the stand-ins that check tokens; it can expire and revoke them. */
  readonly tokens: TokenBook;
  /** Lets tokens be asked for under a further name of a resource, such as the stand-in's own URL. */
  addResource(resource: string, audience: Audience): void;
}

/**
 * Starts Entra's token endpoint, against which `ClientSecretCredential` runs with `authorityHost` set to its URL and
 * `disableInstanceDiscovery`.
 *
 * @throws the reason why the port cannot be used
 */
export async function startEntra(options: EntraOptions): Promise<EntraStandIn> {
  const { clock = systemClock, faults = createFaultPlan(), tokenLifetimeInMs = 3_599_000 } = options;
  const tokens = createTokenBook(clock, { tenantId: options.tenantId });
  const resources = new Map<string, Audience>([
    ["https://graph.microsoft.com", "graph"],
    ["https://vault.azure.net", "vault"],
  ]);
  const service = createEntraService({ ...options, clock, tokens, tokenLifetimeInMs, resources });
  const listener = await startServiceListener({ ...options, clock, faults }, service);
  return {
    ...listener,
    faults,
    tokens,
    addResource: (resource, audience) => void resources.set(resource, audience),
  };
}
