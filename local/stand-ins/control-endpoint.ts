import { ZodError, z } from "zod";
import type { FaultPlan } from "./fault-plan.ts";
import type { FaultRule } from "./fault-rule.ts";
import { faultRuleSchema } from "./fault-rule.ts";
import type { StandInService } from "./service-listener.ts";
import type { Reply, StandInRequest } from "./stand-in-request.ts";

const PREFIX = "/_control/";

interface Controlled {
  readonly faults: FaultPlan;
  readonly service: Pick<StandInService, "control">;
}

/**
 * Answers `/_control/...`, by which another process of this machine sets faults: `GET|POST|DELETE faults`,
 * `DELETE faults/{id}`, and what the service adds. Undefined: the request is none of these.
 */
export function answerControl(to: Controlled, request: StandInRequest, remote: string | undefined): Reply | undefined {
  const { pathname } = request.url;
  if (!pathname.startsWith(PREFIX)) return undefined;
  if (!isThisMachine(remote)) return { status: 403, body: { error: "control requests come from this machine only" } };
  // A web page that the developer has open must not be able to steer a stand-in.
  if (request.headers.origin !== undefined) return { status: 403, body: { error: "not for web pages" } };
  try {
    return route(to, request, pathname.slice(PREFIX.length)) ?? { status: 404, body: { error: "no such control" } };
  } catch (error) {
    if (error instanceof ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    if (error instanceof SyntaxError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function isThisMachine(remote: string | undefined): boolean {
  return remote === "127.0.0.1" || remote === "::1" || remote === "::ffff:127.0.0.1";
}

function route({ faults, service }: Controlled, request: StandInRequest, path: string): Reply | undefined {
  const [first, id, ...rest] = path.split("/");
  if (first !== "faults" || rest.length > 0) return service.control?.(request.method, path, request);
  if (id !== undefined) return request.method === "DELETE" ? toRemoval(faults.remove(id)) : undefined;
  switch (request.method) {
    case "GET":
      return { status: 200, body: { faults: faults.list().map(({ id, matched, hits }) => ({ id, matched, hits })) } };
    case "POST":
      return { status: 201, body: { id: faults.add(parseFaultRule(request)).id } };
    case "DELETE":
      faults.clear();
      return { status: 204 };
    default:
      return undefined;
  }
}

function toRemoval(removed: boolean): Reply {
  return removed ? { status: 204 } : { status: 404, body: { error: "no such fault" } };
}

function parseFaultRule(request: StandInRequest): FaultRule {
  return faultRuleSchema.parse(request.json());
}
