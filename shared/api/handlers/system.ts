import type { Clock } from "../../store/clock.ts";
import { systemRoutes } from "../contract/system.ts";
import { toOperations } from "../operation.ts";
import type { HandlersFor } from "../request.ts";

/** What the endpoints about the app itself take. */
export interface SystemDeps {
  readonly clock: Pick<Clock, "now">;
  readonly version: string;
  readonly outboundIp: string | undefined;
  /** The OpenAPI document. */
  readonly openApi: () => Readonly<Record<string, unknown>>;
}

const handlers: HandlersFor<typeof systemRoutes, SystemDeps> = {
  readMe: async (_deps, { principal }) => {
    const { id, name, role } = principal;
    return { body: { id, name, role, isDevelopment: id.startsWith("development:") } };
  },
  readSystem: async ({ clock, version, outboundIp }) => ({
    body: { version, outboundIp, now: new Date(clock.now()).toISOString() },
  }),
  readOpenApi: async ({ openApi }) => ({ body: openApi() }),
};

/** The endpoints about the app itself. */
export const systemOperations = toOperations(systemRoutes, handlers);
